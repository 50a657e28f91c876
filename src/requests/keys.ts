/** Where requests are kept in Redis. Only `personal` holds personal data. */
export const keysUnder = (prefix: string) => ({
  open: `${prefix}:open`,
  due: `${prefix}:due`,
  actionRequired: `${prefix}:action-required`,
  ended: `${prefix}:ended`,
  record: (id: string) => `${prefix}:request:${id}`,
  personal: (id: string) => `${prefix}:personal:${id}`,
  task: (id: string) => `${prefix}:task:${id}`,
});
export type Keys = ReturnType<typeof keysUnder>;

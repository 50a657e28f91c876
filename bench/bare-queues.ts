/** Names of the bare worker's queues. */
export const BARE_QUEUES = { delete: "bare-delete", access: "bare-access" } as const;
export type BareQueue = keyof typeof BARE_QUEUES;

export type BareJob = { userId: string };

/** Stream's operations that we use, by operation id. `timeoutMs` is for the whole answer, `null` where it is streamed. */
export const OPERATIONS = {
  GetApp: { method: "GET", path: "app", timeoutMs: 15_000 },
  GetRateLimits: { method: "GET", path: "rate_limits", timeoutMs: 15_000 },
  QueryUsers: { method: "GET", path: "users", timeoutMs: 30_000 },
  ExportUser: { method: "GET", path: "users/{user_id}/export", timeoutMs: null },
  DeleteUsers: { method: "POST", path: "users/delete", timeoutMs: 20_000 },
  GetTask: { method: "GET", path: "tasks/{id}", timeoutMs: 15_000 },
} as const satisfies Record<string, Operation>;

type Operation = { method: "GET" | "POST"; path: string; timeoutMs: number | null };
export type OperationId = keyof typeof OPERATIONS;

/** How an operation is named in messages: `POST /users/delete`. */
export const callName = (id: OperationId): string =>
  `${OPERATIONS[id].method} /${OPERATIONS[id].path}`;

/**
 * The path with its parameters percent-encoded.
 * @throws TypeError when a parameter is missing.
 */
export const pathOf = (id: OperationId, parameters: Record<string, string>): string =>
  OPERATIONS[id].path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = parameters[name];
    if (value === undefined) throw new TypeError(`${callName(id)} needs ${name}`);
    return encodeURIComponent(value);
  });

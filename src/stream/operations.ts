/**
 * Stream's operations that we use, by operation id. `perMinute` is the limit until Stream's headers tell one:
 * documented ones are Stream's defaults, those of ExportUsers, GetTask and GetRateLimits are guesses on the safe side.
 * `timeoutMs` is for the whole answer, unless that is streamed.
 */
export const OPERATIONS = {
  GetApp: { perMinute: 10_000, method: "GET", path: "app", timeoutMs: 15_000 },
  GetRateLimits: { perMinute: 60, method: "GET", path: "rate_limits", timeoutMs: 15_000 },
  QueryUsers: { perMinute: 1000, method: "GET", path: "users", timeoutMs: 30_000 },
  ExportUser: { perMinute: 60, method: "GET", path: "users/{user_id}/export" },
  ExportUsers: { perMinute: 60, method: "POST", path: "export/users", timeoutMs: 20_000 },
  DeleteUsers: { perMinute: 6, method: "POST", path: "users/delete", timeoutMs: 20_000 },
  GetTask: { perMinute: 300, method: "GET", path: "tasks/{id}", timeoutMs: 15_000 },
} as const satisfies Record<string, Operation>;

type Operation = {
  perMinute: number;
  method: "GET" | "POST";
  path: string;
  timeoutMs?: number;
};
export type OperationId = keyof typeof OPERATIONS;

export const operationIds = Object.keys(OPERATIONS) as OperationId[];

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

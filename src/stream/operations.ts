/** Stream publishes no limit for these operations; GetRateLimits and the headers tell the real one. */
const undocumented = { perMinute: 60, timeoutMs: 20_000 } as const;

/**
 * Stream's operations that we use, by operation id. `perMinute` is the limit until Stream's headers tell one:
 * Stream's documented defaults where there are any, else a guess on the safe side (`undocumented`).
 * `timeoutMs` is for the whole answer, unless that is streamed.
 */
export const OPERATIONS = {
  GetApp: { perMinute: 10_000, method: "GET", path: "app", timeoutMs: 15_000 },
  GetRateLimits: { ...undocumented, method: "GET", path: "rate_limits" },
  QueryUsers: { perMinute: 1000, method: "GET", path: "users", timeoutMs: 30_000 },
  ExportUser: { perMinute: 60, method: "GET", path: "users/{user_id}/export", timeoutMs: 120_000 },
  ExportUsers: { ...undocumented, method: "POST", path: "export/users" },
  DeleteUsers: { perMinute: 6, method: "POST", path: "users/delete", timeoutMs: 20_000 },
  GetTask: { ...undocumented, perMinute: 300, method: "GET", path: "tasks/{id}" },
  ListDevices: { perMinute: 60, method: "GET", path: "devices", timeoutMs: 15_000 },
  DeleteDevice: { perMinute: 60, method: "DELETE", path: "devices", timeoutMs: 15_000 },
  GetBlockedUsers: { ...undocumented, method: "GET", path: "users/block" },
  GetUserLiveLocations: { ...undocumented, method: "GET", path: "users/live_locations" },
  QueryChannels: { perMinute: 10_000, method: "POST", path: "chat/channels", timeoutMs: 30_000 },
  DeleteChannels: {
    perMinute: 60,
    method: "POST",
    path: "chat/channels/delete",
    timeoutMs: 20_000,
  },
  QueryDrafts: { ...undocumented, method: "POST", path: "chat/drafts/query" },
  QueryReminders: { ...undocumented, method: "POST", path: "chat/reminders/query" },
  QueryThreads: { ...undocumented, method: "POST", path: "chat/threads" },
  QueryPolls: { ...undocumented, method: "POST", path: "polls/query" },
  QueryPollVotes: { ...undocumented, method: "POST", path: "polls/{poll_id}/votes" },
  QueryBannedUsers: { ...undocumented, method: "GET", path: "chat/query_banned_users" },
  QueryModerationFlags: { ...undocumented, method: "POST", path: "moderation/flags" },
  QueryModerationLogs: { ...undocumented, method: "POST", path: "moderation/logs" },
  QueryReviewQueue: { ...undocumented, method: "POST", path: "moderation/review_queue" },
  QueryAppeals: { ...undocumented, method: "POST", path: "moderation/appeals" },
  QueryCalls: { ...undocumented, method: "POST", path: "video/calls" },
  DeleteCall: { ...undocumented, method: "POST", path: "video/call/{type}/{id}/delete" },
  ListRecordings: { ...undocumented, method: "GET", path: "video/call/{type}/{id}/recordings" },
  ListTranscriptions: {
    ...undocumented,
    method: "GET",
    path: "video/call/{type}/{id}/transcriptions",
  },
  DeleteRecording: {
    ...undocumented,
    method: "DELETE",
    path: "video/call/{type}/{id}/{session}/recordings/{filename}",
  },
  DeleteTranscription: {
    ...undocumented,
    method: "DELETE",
    path: "video/call/{type}/{id}/{session}/transcriptions/{filename}",
  },
  ExportFeedUserData: { ...undocumented, method: "POST", path: "feeds/users/{user_id}/export" },
  DeleteFeedUserData: { ...undocumented, method: "POST", path: "feeds/users/{user_id}/delete" },
} as const satisfies Record<string, Operation>;

type Operation = {
  perMinute: number;
  method: "GET" | "POST" | "DELETE";
  path: string;
  timeoutMs: number;
};
export type OperationId = keyof typeof OPERATIONS;

export const operationIds = Object.keys(OPERATIONS) as OperationId[];

/** How an operation is named in messages: `POST /users/delete`. */
export const callName = (id: OperationId): string =>
  `${OPERATIONS[id].method} /${OPERATIONS[id].path}`;

/**
 * The path with its parameters percent-encoded.
 * @throws TypeError when a parameter is missing, or would climb out of the path.
 */
export const pathOf = (id: OperationId, parameters: Record<string, string>): string =>
  OPERATIONS[id].path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = parameters[name];
    if (value === undefined || /^\.{0,2}$/.test(value))
      throw new TypeError(`${callName(id)} needs ${name}`);
    return encodeURIComponent(value);
  });

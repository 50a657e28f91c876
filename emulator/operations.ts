const CALL = "/video/call/{type}/{id}";

/** Stream's operations that the emulator speaks, by Stream's own operation id. */
export const OPERATIONS = {
  GetApp: { method: "GET", path: "/app", perMinute: 10_000, clientSide: true },
  GetRateLimits: { method: "GET", path: "/rate_limits", perMinute: 60 },
  QueryUsers: { method: "GET", path: "/users", perMinute: 1_000, clientSide: true },
  UpdateUsers: { method: "POST", path: "/users", perMinute: 300 },
  ExportUser: { method: "GET", path: "/users/{user_id}/export", perMinute: 60 },
  DeleteUsers: { method: "POST", path: "/users/delete", perMinute: 6 },
  RestoreUsers: { method: "POST", path: "/users/restore", perMinute: 60 },
  QueryChannels: { method: "POST", path: "/chat/channels", perMinute: 10_000 },
  DeleteChannels: { method: "POST", path: "/chat/channels/delete", perMinute: 60 },
  ListDevices: { method: "GET", path: "/devices", perMinute: 60, clientSide: true },
  DeleteDevice: { method: "DELETE", path: "/devices", perMinute: 60, clientSide: true },
  // A guess: Stream publishes no limit for the operations from here on.
  GetTask: { method: "GET", path: "/tasks/{id}", perMinute: 1_000 },
  ExportUsers: { method: "POST", path: "/export/users", perMinute: 60 },
  ExportFeedUserData: { method: "POST", path: "/feeds/users/{user_id}/export", perMinute: 60 },
  DeleteFeedUserData: { method: "POST", path: "/feeds/users/{user_id}/delete", perMinute: 60 },
  GetBlockedUsers: { method: "GET", path: "/users/block", perMinute: 60 },
  GetUserLiveLocations: { method: "GET", path: "/users/live_locations", perMinute: 60 },
  QueryDrafts: { method: "POST", path: "/chat/drafts/query", perMinute: 60 },
  QueryReminders: { method: "POST", path: "/chat/reminders/query", perMinute: 60 },
  QueryThreads: { method: "POST", path: "/chat/threads", perMinute: 60 },
  QueryPolls: { method: "POST", path: "/polls/query", perMinute: 60 },
  QueryPollVotes: { method: "POST", path: "/polls/{poll_id}/votes", perMinute: 60 },
  QueryModerationFlags: { method: "POST", path: "/moderation/flags", perMinute: 60 },
  QueryReviewQueue: { method: "POST", path: "/moderation/review_queue", perMinute: 60 },
  QueryModerationLogs: { method: "POST", path: "/moderation/logs", perMinute: 60 },
  QueryAppeals: { method: "POST", path: "/moderation/appeals", perMinute: 60 },
  QueryBannedUsers: { method: "GET", path: "/chat/query_banned_users", perMinute: 60 },
  QueryCalls: { method: "POST", path: "/video/calls", perMinute: 60 },
  DeleteCall: { method: "POST", path: `${CALL}/delete`, perMinute: 60 },
  ListRecordings: { method: "GET", path: `${CALL}/recordings`, perMinute: 60 },
  ListTranscriptions: { method: "GET", path: `${CALL}/transcriptions`, perMinute: 60 },
  DeleteRecording: {
    method: "DELETE",
    path: `${CALL}/{session}/recordings/{filename}`,
    perMinute: 60,
  },
  DeleteTranscription: {
    method: "DELETE",
    path: `${CALL}/{session}/transcriptions/{filename}`,
    perMinute: 60,
  },
} as const satisfies Record<string, Operation>;

type Operation = { method: string; path: string; perMinute: number; clientSide?: true };
export type OperationId = keyof typeof OPERATIONS;

export const OPERATION_IDS = Object.keys(OPERATIONS) as OperationId[];

/** Every successful POST is a 201 at Stream, also where nothing is created. */
export const successStatus = (id: OperationId): number =>
  OPERATIONS[id].method === "POST" ? 201 : 200;

export const allowsClients = (id: OperationId): boolean => "clientSide" in OPERATIONS[id];

export type Route = { operation: OperationId; parameters: Record<string, string> };

/** Finds the operation for a path below `/api/v2`; parameters are still percent-encoded. */
export const route = (method: string, path: string): Route | undefined => {
  const segments = path.split("/");
  for (const { operation, template } of ROUTES) {
    if (OPERATIONS[operation].method !== method || template.length !== segments.length) continue;
    const parameters = matchSegments(template, segments);
    if (parameters) return { operation, parameters };
  }
  return undefined;
};

const ROUTES = OPERATION_IDS.map((operation) => ({
  operation,
  template: OPERATIONS[operation].path.split("/"),
}));

const matchSegments = (template: string[], segments: string[]) => {
  const parameters: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const segment = segments[index] ?? "";
    if (part.startsWith("{")) parameters[part.slice(1, -1)] = segment;
    else if (part !== segment) return undefined;
  }
  return parameters;
};

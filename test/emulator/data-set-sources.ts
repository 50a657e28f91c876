import type { DataSet } from "../../emulator/data-sets.ts";
import type { OperationId } from "../../emulator/operations.ts";
import type { Send } from "./fixture.ts";

/** Some of everything that is kept by user. */
export const EACH = {
  ...{ blocks: 3, drafts: 3, reminders: 3, polls: 3, votes: 1, threads: 3, liveLocations: 3 },
  ...{ flags: 3, reviewQueue: 3, moderationLogs: 3, appeals: 3, bans: 3 },
} as const satisfies Partial<Record<DataSet, number>>;

export type Source = {
  operation: OperationId;
  path: string;
  set: DataSet;
  items: string;
  owner: string;
  by: "user_id in the query" | "user_id" | "filter" | "payload";
};

const asked = { owner: "user_id", by: "user_id" } as const;
const inQuery = { owner: "user_id", by: "user_id in the query" } as const;
/** Every operation that reads a data set. */
export const SOURCES: readonly Source[] = [
  {
    ...{ operation: "QueryPolls", path: "/polls/query", by: "filter" },
    ...{ set: "polls", items: "polls", owner: "created_by_id" },
  },
  {
    operation: "GetBlockedUsers",
    path: "/users/block",
    set: "blocks",
    items: "blocks",
    ...inQuery,
  },
  {
    ...{ operation: "GetUserLiveLocations", path: "/users/live_locations", ...inQuery },
    ...{ set: "liveLocations", items: "active_live_locations" },
  },
  {
    operation: "QueryDrafts",
    path: "/chat/drafts/query",
    set: "drafts",
    items: "drafts",
    ...asked,
  },
  {
    ...{ operation: "QueryReminders", path: "/chat/reminders/query", ...asked },
    ...{ set: "reminders", items: "reminders" },
  },
  {
    ...{ operation: "QueryPollVotes", path: "/polls/ann-poll-0/votes", by: "filter" },
    ...{ set: "votes", items: "votes", owner: "user_id" },
  },
  {
    ...{ operation: "QueryThreads", path: "/chat/threads", by: "filter" },
    ...{ set: "threads", items: "threads", owner: "created_by_user_id" },
  },
  {
    ...{ operation: "QueryModerationFlags", path: "/moderation/flags", by: "filter" },
    ...{ set: "flags", items: "flags", owner: "entity_creator_id" },
  },
  {
    ...{ operation: "QueryReviewQueue", path: "/moderation/review_queue", by: "filter" },
    ...{ set: "reviewQueue", items: "items", owner: "entity_creator_id" },
  },
  {
    ...{ operation: "QueryModerationLogs", path: "/moderation/logs", by: "filter" },
    ...{ set: "moderationLogs", items: "logs", owner: "target_user_id" },
  },
  {
    ...{ operation: "QueryAppeals", path: "/moderation/appeals", by: "filter" },
    ...{ set: "appeals", items: "items", owner: "user_id" },
  },
  {
    ...{ operation: "QueryBannedUsers", path: "/chat/query_banned_users", by: "payload" },
    ...{ set: "bans", items: "bans", owner: "user_id" },
  },
];
export const FILTERED = SOURCES.filter(({ by }) => by === "filter" || by === "payload");
export const PAGED = SOURCES.filter(({ by }) => by === "user_id" || by === "filter");

export const read = (send: Send, { path, by, owner }: Source, id: string, more: object = {}) => {
  if (by === "user_id in the query") return send(path, { query: { user_id: id } });
  const filter = { [owner]: id };
  if (by === "payload") {
    const payload = JSON.stringify({ filter_conditions: filter, ...more });
    return send(path, { query: { payload } });
  }
  const body = by === "filter" ? { filter, ...more } : { user_id: id, ...more };
  return send(path, { method: "POST", body });
};

export const itemsIn = ({ text }: { text: string }, { items }: Source): object[] => {
  const body: Record<string, object[]> = JSON.parse(text);
  return body[items] ?? [];
};

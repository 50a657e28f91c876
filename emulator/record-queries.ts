import { z } from "zod";
import { answer, type Call, type Handler, idFrom, parseInput, payloadIn } from "./call.ts";
import { conditionsOf, meets } from "./conditions.ts";
import { DATA_SETS, type DataSet } from "./data-sets.ts";
import { notFound } from "./errors.ts";
import { readUser } from "./leftovers.ts";
import { cursorRequest, Filter, offsetRequest, pageAfter, pageFrom } from "./paging.ts";
import type { StoredRecord } from "./records.ts";

type RecordQuery = {
  set: DataSet;
  /** The field of the answer that holds the records. */
  items: string;
  /** Where the call says whose records: a `user_id` in its query or its body, or a filter. */
  by: "query" | "body" | "filter" | "payload";
  /** Fields that the filter may name. */
  filters?: readonly string[];
  /** What else the answer has. */
  also?: object;
};

const REPORTED = ["id", "entity_id", "entity_type", "entity_creator_id"];

/** The operations that read a data set. */
const QUERIES = {
  GetBlockedUsers: { set: "blocks", items: "blocks", by: "query" },
  GetUserLiveLocations: { set: "liveLocations", items: "active_live_locations", by: "query" },
  QueryDrafts: { set: "drafts", items: "drafts", by: "body" },
  QueryReminders: { set: "reminders", items: "reminders", by: "body" },
  QueryPolls: { set: "polls", items: "polls", by: "filter", filters: ["id", "created_by_id"] },
  QueryPollVotes: { set: "votes", items: "votes", by: "filter", filters: ["id", "user_id"] },
  QueryThreads: {
    set: "threads",
    items: "threads",
    by: "filter",
    filters: ["created_by_user_id", "channel_cid"],
  },
  QueryModerationFlags: {
    set: "flags",
    items: "flags",
    by: "filter",
    filters: [...REPORTED, "user_id"],
  },
  QueryReviewQueue: {
    set: "reviewQueue",
    items: "items",
    by: "filter",
    filters: [...REPORTED, "reporter_id", "flagged_user_id", "status"],
    also: { action_config: {}, stats: {} },
  },
  QueryModerationLogs: {
    set: "moderationLogs",
    items: "logs",
    by: "filter",
    filters: ["id", "target_user_id", "reporter_id"],
  },
  QueryAppeals: { set: "appeals", items: "items", by: "filter", filters: ["id", "user_id"] },
  QueryBannedUsers: {
    set: "bans",
    items: "bans",
    by: "payload",
    filters: ["user_id", "channel_cid"],
  },
} as const satisfies Record<string, RecordQuery>;

const handlerFor =
  (query: RecordQuery): Handler =>
  (call) => {
    const { page, ...more } = READERS[query.by](call, query);
    return answer({ [query.items]: page.map(({ fields }) => fields), ...query.also, ...more });
  };

// A guess: Stream documents few of these sizes.
const SIZE = { usual: 25, most: 100 };

const UserId = z.string("is a required field").min(1, "is a required field");
const Asked = z.object({ ...cursorRequest(SIZE), user_id: UserId });
const Filtered = z.object({ ...cursorRequest(SIZE), filter: Filter.nullish() });
const FilteredFrom = z.object({ ...offsetRequest(SIZE), filter_conditions: Filter });

type Page = { page: readonly StoredRecord[]; next?: string };
type Reader = (call: Call, query: RecordQuery) => Page;

const READERS: Readonly<Record<RecordQuery["by"], Reader>> = {
  query: (call, { set }) => {
    const user_id = call.query.get("user_id") ?? undefined;
    return { page: recordsOf(call, set, parseInput(z.object({ user_id: UserId }), { user_id })) };
  },
  body: (call, { set }) => {
    const request = parseInput(Asked, call.body);
    return pageAfter(recordsOf(call, set, request), request, SIZE);
  },
  filter: (call, query) => {
    const request = parseInput(Filtered, call.body);
    const found = matching(call, query, request.filter ?? {});
    return pageAfter(found.filter(withinPath(call)), request, SIZE);
  },
  payload: (call, query) => {
    const request = parseInput(FilteredFrom, payloadIn(call.query));
    call.record.input = request;
    return { page: pageFrom(matching(call, query, request.filter_conditions), request, SIZE) };
  },
};

const recordsOf = ({ app, record }: Call, set: DataSet, { user_id }: { user_id: string }) => {
  record.userIds = [user_id];
  readUser(app, user_id);
  return app.records.of(set, user_id);
};

const matching = ({ app, record }: Call, { set, filters = [] }: RecordQuery, filter: Filter) => {
  const conditions = conditionsOf(filter, filters);
  const owners = conditions.get(DATA_SETS[set].owner);
  if (owners) record.userIds = owners;
  const candidates = owners
    ? owners.flatMap((owner) => app.records.of(set, owner))
    : app.records.all(set);
  return candidates
    .filter(({ fields }) => meets(fields, conditions))
    .sort((left, right) => (left.key < right.key ? -1 : 1));
};

/** Whether a record belongs to the poll that the path names, if it names one. */
const withinPath = (call: Call): ((record: StoredRecord) => boolean) => {
  if (call.parameters.poll_id === undefined) return () => true;
  const poll = idFrom(call, "poll_id");
  if (!call.app.records.all("polls").some(({ fields }) => fields.id === poll)) {
    throw notFound(`poll with id ${poll} does not exist`);
  }
  return ({ fields }) => fields.poll_id === poll;
};

/** A handler for each operation that reads a data set. */
export const RECORD_QUERIES = Object.fromEntries(
  Object.entries(QUERIES).map(([operation, query]) => [operation, handlerFor(query)]),
) as Record<keyof typeof QUERIES, Handler>;

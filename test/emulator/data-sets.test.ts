import { expect } from "vitest";
import type { DataSet } from "../../emulator/data-sets.ts";
import type { OperationId } from "../../emulator/operations.ts";
import { NOTHING } from "../../emulator/remaining.ts";
import { test as base, type Send } from "./fixture.ts";

const EACH = {
  ...{ blocks: 3, drafts: 3, reminders: 3, polls: 1, votes: 3, threads: 3, liveLocations: 3 },
  ...{ flags: 3, reviewQueue: 3, moderationLogs: 3, appeals: 3, bans: 3 },
} as const satisfies Partial<Record<DataSet, number>>;

type Source = {
  operation: OperationId;
  path: string;
  set: DataSet;
  items: string;
  owner: string;
  by: "user_id in the query" | "user_id" | "filter" | "payload";
};

const asked = { owner: "user_id", by: "user_id" } as const;
const inQuery = { owner: "user_id", by: "user_id in the query" } as const;
const SOURCES: Source[] = [
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
const POLLS: Source = {
  ...{ operation: "QueryPolls", path: "/polls/query", by: "filter" },
  ...{ set: "polls", items: "polls", owner: "created_by_id" },
};
const FILTERED = [...SOURCES, POLLS].filter(({ by }) => by === "filter" || by === "payload");
const PAGED = SOURCES.filter(({ by }) => by === "user_id" || by === "filter");

const read = (send: Send, { path, by, owner }: Source, id: string, more: object = {}) => {
  if (by === "user_id in the query") return send(path, { query: { user_id: id } });
  const filter = { [owner]: id };
  if (by === "payload") {
    const payload = JSON.stringify({ filter_conditions: filter, ...more });
    return send(path, { query: { payload } });
  }
  const body = by === "filter" ? { filter, ...more } : { user_id: id, ...more };
  return send(path, { method: "POST", body });
};

const itemsIn = ({ text }: { text: string }, { items }: Source): object[] => {
  const body: Record<string, object[]> = JSON.parse(text);
  return body[items] ?? [];
};

const test = base
  .extend("people", { auto: true }, async ({ app }) => {
    app.seed({ id: "bob", ...EACH }, { id: "ann", devices: ["phone"], ...EACH });
  })
  .extend("remove", ({ app, post }) => async (options: object) => {
    await post("/users/delete", { user_ids: ["ann"], ...options });
    app.endTasks();
  });

test.for([...SOURCES, POLLS])(
  "$operation gives the user's own records",
  async (source, { app, send }) => {
    const reply = await read(send, source, "ann");
    expect(reply.status).toBe(successOf(source));
    const found = itemsIn(reply, source);
    expect(found).toHaveLength(app.remaining("ann")[source.set]);
    expect(found).toEqual(found.map(() => expect.objectContaining({ [source.owner]: "ann" })));
    expect(app.callsTo(source.operation)).toMatchObject([{ userIds: ["ann"] }]);
  },
);

const successOf = ({ by }: Source) => (by === "filter" || by === "user_id" ? 201 : 200);

test.for(PAGED)(
  "$operation gives pages that skip nothing when records vanish",
  async (source, { app, send }) => {
    const first = await read(send, source, "ann", { limit: 2 });
    expect(itemsIn(first, source)).toHaveLength(2);
    app.seed({ id: "bob" });
    const last = await read(send, source, "ann", { limit: 2, next: first.body.next });
    expect(itemsIn(last, source)).toHaveLength(1);
    expect(last.body).not.toHaveProperty("next");
    const whole = itemsIn(await read(send, source, "ann", { limit: 3 }), source);
    expect([...itemsIn(first, source), ...itemsIn(last, source)]).toEqual(whole);
  },
);

test.for(PAGED)("$operation refuses wrong limits and cursors", async (source, { send }) => {
  for (const [more, problem] of [
    [{ limit: 101 }, "limit must be 100 or less"],
    [{ limit: -1 }, "limit must be 0 or more"],
    [{ next: "elsewhere" }, "next is not a valid cursor"],
  ] as const) {
    const { body } = await read(send, source, "ann", more);
    expect(body).toMatchObject({ code: 4, StatusCode: 400 });
    expect(body.message).toContain(problem);
  }
});

test("QueryBannedUsers pages by offset", async ({ send }) => {
  const source = SOURCES.find(({ by }) => by === "payload") ?? POLLS;
  const whole = itemsIn(await read(send, source, "ann"), source);
  const rest = itemsIn(await read(send, source, "ann", { offset: 1, limit: 1 }), source);
  expect(rest).toEqual(whole.slice(1, 2));
  expect((await read(send, source, "ann", { offset: 1_001 })).status).toBe(400);
  expect((await send(source.path, { query: { payload: "{" } })).status).toBe(400);
});

test.for(FILTERED)(
  "$operation refuses fields and operators it does not search",
  async (source, { send }) => {
    const foreign = { ...source, owner: "shoe_size" };
    expect((await read(send, foreign, "ann")).body.message).toContain(
      `search is not enabled for field shoe_size`,
    );
    const { status } = await send(source.path, {
      ...(source.by === "filter"
        ? { method: "POST", body: { filter: { [source.owner]: { $gt: "a" } } } }
        : { query: { payload: `{"filter_conditions":{"${source.owner}":{"$gt":"a"}}}` } }),
    });
    expect(status).toBe(400);
    expect(itemsIn(await read(send, source, "nobody"), source)).toEqual([]);
  },
);

test.for(SOURCES.filter(({ by }) => by.startsWith("user_id")))(
  "$operation answers 404 for users who are not there, and demands one",
  async (source, { send, remove }) => {
    expect((await read(send, source, "")).status).toBe(400);
    expect((await read(send, source, "nobody")).body).toMatchObject({ code: 16, StatusCode: 404 });
    await remove({ user: "soft" });
    expect((await read(send, source, "ann")).body.message).toContain("the user ann was deleted");
  },
);

test("QueryPollVotes answers 404 for polls that are not there", async ({ send, remove }) => {
  await remove({ user: "hard" });
  const { status, body } = await send("/polls/ann-poll-0/votes", { method: "POST" });
  expect([status, body.code]).toEqual([404, 16]);
});

const { polls, threads, liveLocations, flags, ...others } = EACH;
test.for<[object, object]>([
  [{ user: "soft", messages: "soft" }, { ...EACH }],
  [
    { user: "pruning", messages: "pruning" },
    { ...others, polls },
  ],
  [
    { user: "soft", messages: "hard" },
    { ...others, polls },
  ],
  [{ user: "hard" }, { threads, liveLocations, flags }],
  [{ user: "hard", messages: "hard" }, {}],
])("%j takes along what hangs on it", async ([options, left], { app, remove }) => {
  const others = app.remaining("bob");
  await remove(options);
  const { visible, profile, devices, ...rest } = app.remaining("ann");
  const { visible: _, profile: __, devices: ___, ...nothing } = NOTHING;
  expect(visible).toBe(false);
  expect(rest).toEqual({ ...nothing, ...left });
  expect(app.remaining("bob")).toEqual(others);
});

test("spares what the app is told that a deletion spares", async ({ app, send, remove }) => {
  app.options.deletionSpares = ["moderationLogs"];
  app.options.deletionRemovesDevices = false;
  await remove({ user: "hard", messages: "hard" });
  expect(app.remaining("ann")).toEqual({ ...NOTHING, devices: 1, moderationLogs: 3 });
  const filter = { target_user_id: "ann" };
  const { text } = await send("/moderation/logs", { method: "POST", body: { filter } });
  expect(JSON.parse(text).logs).toHaveLength(3);
});

test.for([...SOURCES, POLLS])(
  "$operation can be what the app has no right to or no such thing",
  async (source, { app, send }) => {
    app.options.denied = [source.operation];
    expect((await read(send, source, "ann")).body).toMatchObject({ code: 17, StatusCode: 403 });
    app.options.denied = [];
    app.fault(source.operation, { kind: "not_found" });
    expect((await read(send, source, "ann")).body).toMatchObject({ code: 16, StatusCode: 404 });
  },
);

import { expect } from "vitest";
import { NOTHING } from "../../emulator/remaining.ts";
import { test as base } from "./fixture.ts";

const WHOLE = { user: "hard", messages: "hard", conversations: "hard" };
const LEFT = "messaging:ann-and-bob";

type Entry = {
  channel: { cid: string; member_count: number; created_by: { id: string } };
  members: { user_id: string }[];
  messages: { text: string; user: { id: string } }[];
  read: object[];
  membership?: { user_id: string };
};

const test = base
  .extend("people", { auto: true }, async ({ app }) => {
    app.seed({ id: "bob", name: "Bob" }, { id: "eva", name: "Eva" });
    app.seed({
      id: "ann",
      name: "Ann",
      abandonedWith: ["bob"],
      conversationsWith: ["eva"],
      groups: ["general"],
      owns: ["football"],
    });
  })
  .extend("channels", ({ post }) => async (request: object): Promise<Entry[]> => {
    const { text } = await post("/chat/channels", request);
    return JSON.parse(text).channels;
  })
  .extend("remove", ({ app, post }) => async (request: object) => {
    const { body } = await post("/chat/channels/delete", request);
    app.endTasks();
    return body.task_id;
  });

const ofAnn = { filter_conditions: { members: { $in: ["ann"] } } };

test("lists a member's channels with who is in them and what was said", async ({
  app,
  channels,
}) => {
  const found = await channels(ofAnn);
  expect(found.map(({ channel }) => [channel.cid, channel.member_count])).toEqual([
    [LEFT, 1],
    ["messaging:ann-and-eva", 2],
    ["messaging:football", 4],
    ["messaging:general", 4],
  ]);
  expect(found[0]).not.toHaveProperty("membership");
  expect(found[0]).toMatchObject({
    channel: { created_by: { id: "ann" } },
    members: [{ user_id: "ann", user: { name: "Ann" } }],
    messages: [
      { user: { id: "ann" } },
      { text: expect.stringContaining("Bob"), user: { id: "bob" } },
    ],
    read: [{ user: { id: "ann" } }],
  });
  expect(app.callsTo("QueryChannels")).toMatchObject([{ userIds: ["ann"], input: ofAnn }]);
});

test("leaves members, messages and reads out without state, and names the user's membership", async ({
  channels,
}) => {
  const [found] = await channels({ ...ofAnn, state: false, user_id: "ann" });
  expect(found).toMatchObject({
    channel: { member_count: 1 },
    membership: { user_id: "ann" },
    ...{ members: [], messages: [], read: [] },
  });
  const [other] = await channels({ ...ofAnn, state: false, user_id: "eva" });
  expect(other).not.toHaveProperty("membership");
});

test("keeps to the limits for messages and members", async ({ channels }) => {
  const [, found] = await channels({ ...ofAnn, message_limit: 1, member_limit: 1 });
  expect(found?.members).toHaveLength(1);
  expect(found?.messages).toHaveLength(1);
});

test("finds by owner, by cid and by either, each channel once", async ({ channels }) => {
  const cidsOf = async (filter_conditions: object) =>
    (await channels({ filter_conditions })).map(({ channel }) => channel.cid);
  expect(await cidsOf({ created_by_id: "ann" })).toHaveLength(3);
  expect(await cidsOf({ cid: { $in: [LEFT, "messaging:no"] } })).toEqual([LEFT]);
  expect(await cidsOf({ cid: LEFT, members: "bob" })).toEqual([]);
  expect(await cidsOf({ $or: [{ created_by_id: "ann" }, { members: "ann" }] })).toHaveLength(4);
  expect(await cidsOf({ members: { $in: ["bob"] } })).toEqual([]);
});

test("pages by offset, oldest first and ten at a time", async ({ app, clock, channels }) => {
  const groups = Array.from({ length: 32 }, (_, index) => `group-${index}`);
  app.seed({ id: "kim", groups });
  clock.advance(1);
  app.seed({ id: "kim", groups: ["aaa"] });
  const ofKim = { filter_conditions: { members: { $in: ["kim"] } } };
  const cidsOf = async (more: object) =>
    (await channels({ ...ofKim, ...more })).map(({ channel }) => channel.cid);
  expect(await cidsOf({})).toHaveLength(10);
  const pages = [await cidsOf({ limit: 30 }), await cidsOf({ limit: 30, offset: 30 })] as const;
  expect(pages[0]).toHaveLength(30);
  expect(pages[1].at(-1)).toBe("messaging:aaa");
  expect(new Set(pages.flat()).size).toBe(33);
});

test.for<[object, string]>([
  [{ ...ofAnn, limit: 31 }, "limit must be 30 or less"],
  [{ ...ofAnn, offset: 1_001 }, "offset must be 1000 or less"],
  [{ ...ofAnn, member_limit: 101 }, "member_limit must be 100 or less"],
  [{}, "filter_conditions must be an object"],
  [{ filter_conditions: {} }, "name members, cid or created_by_id"],
  [{ filter_conditions: { $or: [{}] } }, "name members, cid or created_by_id"],
  [{ filter_conditions: { $or: {} } }, "$or must be an array"],
  [{ filter_conditions: { $or: ["ann"] } }, "filter_conditions must be an object"],
  [{ filter_conditions: { name: "x" } }, "search is not enabled for field name"],
  [{ filter_conditions: { members: { $nin: ["ann"] } } }, "operator $nin is not supported"],
  [{ ...ofAnn, user_id: "nobody" }, "the user nobody does not exist"],
])("refuses %j", async ([request, problem], { post }) => {
  expect((await post("/chat/channels", request)).body.message).toContain(problem);
});

test("leaves an abandoned channel to the call that deletes channels", async ({
  app,
  post,
  remove,
}) => {
  expect(app.remaining("ann")).toMatchObject({ abandonedChannels: 1, conversations: 1 });
  expect(app.remaining("ann")).toMatchObject({ memberships: 2, ownedChannels: 1 });
  await post("/users/delete", { user_ids: ["ann"], ...WHOLE });
  app.endTasks();
  expect(app.remaining("ann")).toEqual({ ...NOTHING, abandonedChannels: 1 });
  expect(app.remaining("bob").messages).toBe(1);
  await remove({ cids: [LEFT], hard_delete: true });
  expect(app.remaining("ann")).toEqual(NOTHING);
  expect(app.remaining("bob").messages).toBe(0);
});

test("hides channels at once, and removes them at the task's end", async ({
  app,
  channels,
  post,
  send,
}) => {
  const before = app.remaining("ann");
  const cids = [LEFT, "messaging:no", LEFT];
  const { status, body } = await post("/chat/channels/delete", { cids, hard_delete: true });
  expect([status, body.result]).toEqual([201, {}]);
  expect(await channels(ofAnn)).toHaveLength(3);
  expect(app.remaining("ann")).toEqual(before);
  app.endTasks();
  expect((await send(`/tasks/${body.task_id}`)).body).toMatchObject({
    status: "completed",
    result: {
      [LEFT]: { status: "ok" },
      "messaging:no": { status: "error", error: "channel not found" },
    },
  });
  const { abandonedChannels, messages } = before;
  expect(app.remaining("ann")).toEqual({
    ...before,
    abandonedChannels: abandonedChannels - 1,
    messages: messages - 1,
  });
  expect(app.callsTo("DeleteChannels")).toMatchObject([{ taskId: body.task_id, input: { cids } }]);
});

test("keeps the data of a channel that is deleted softly", async ({ app, channels, remove }) => {
  const before = app.remaining("ann");
  await remove({ cids: [LEFT] });
  expect(await channels(ofAnn)).toHaveLength(3);
  expect(app.remaining("ann")).toEqual(before);
});

test("deletes at the second attempt what a task has spared", async ({ app, remove, send }) => {
  const request = { cids: [LEFT, "messaging:ann-and-eva"], hard_delete: true };
  app.failTasks({ kind: "failed" }, 1, "DeleteChannels");
  expect((await send(`/tasks/${await remove(request)}`)).body.status).toBe("failed");
  app.failTasks({ kind: "user_errors", errors: { [LEFT]: "too busy" } }, 1, "DeleteChannels");
  expect((await send(`/tasks/${await remove(request)}`)).body.result).toEqual({
    [LEFT]: { status: "error", error: "too busy" },
    "messaging:ann-and-eva": { status: "ok" },
  });
  expect(app.remaining("ann")).toMatchObject({ abandonedChannels: 1, conversations: 0 });
  await remove({ cids: [LEFT], hard_delete: true });
  expect(app.remaining("ann").abandonedChannels).toBe(0);
});

test.for<[string, object]>([
  ["no cids", {}],
  ["an empty list of cids", { cids: [] }],
  ["101 cids", { cids: Array(101).fill(LEFT) }],
  ["hard_delete that is no boolean", { cids: [LEFT], hard_delete: "yes" }],
])("refuses %s", async ([, request], { post }) => {
  expect((await post("/chat/channels/delete", request)).body).toMatchObject({
    code: 4,
    StatusCode: 400,
  });
});

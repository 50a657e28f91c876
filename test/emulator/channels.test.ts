import { expect } from "vitest";
import { test as base } from "./fixture.ts";

const LEFT = "messaging:!members-ann-and-bob";

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
  });

const ofAnn = { filter_conditions: { members: { $in: ["ann"] } } };

test("lists a member's channels with who is in them and what was said", async ({
  app,
  channels,
}) => {
  const found = await channels(ofAnn);
  expect(found.map(({ channel }) => [channel.cid, channel.member_count])).toEqual([
    [LEFT, 1],
    ["messaging:!members-ann-and-eva", 2],
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

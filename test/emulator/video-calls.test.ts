import { expect } from "vitest";
import { test as base } from "./fixture.ts";

type Entry = {
  call: { cid: string; type: string; id: string; created_by: { id: string } };
  members: { user_id: string }[];
};

const test = base
  .extend("people", { auto: true }, async ({ app }) => {
    app.seed({ id: "bob", groupCalls: ["standup"] });
    app.seed({
      id: "ann",
      callsWith: ["bob"],
      groupCalls: ["standup"],
      createdCalls: ["retro"],
      recordings: 2,
      transcriptions: 1,
    });
  })
  .extend("calls", ({ post }) => async (filter_conditions: object): Promise<Entry[]> => {
    const { text } = await post("/video/calls", { filter_conditions });
    return JSON.parse(text).calls;
  });

const cidsIn = (entries: Entry[]) => entries.map(({ call }) => call.cid);

test("finds calls by member, by creator and by either, each once", async ({ app, calls }) => {
  expect(await calls({ created_by_user_id: "ann", members: "call-host" })).toMatchObject([
    {
      call: { cid: "default:retro", type: "default", id: "retro", created_by: { id: "ann" } },
      members: [
        { user_id: "ann" },
        { user_id: "call-host" },
        { user_id: "call-guest" },
        { user_id: "call-notetaker" },
      ],
    },
  ]);
  const all = ["default:ann-and-bob", "default:retro", "default:standup"];
  expect(cidsIn(await calls({ members: { $in: ["ann"] } }))).toEqual(all);
  const either = { $or: [{ created_by_user_id: "ann" }, { members: { $in: ["ann"] } }] };
  expect(cidsIn(await calls(either))).toEqual(all);
  expect(cidsIn(await calls({ members: { $in: ["nobody"] } }))).toEqual([]);
  expect(app.callsTo("QueryCalls")[2]).toMatchObject({ userIds: ["ann"] });
});

test("gives pages that skip nothing when calls vanish in between", async ({ app, post }) => {
  const page = async (more: object) => {
    const filter_conditions = { members: { $in: ["ann"] } };
    const { text } = await post("/video/calls", { filter_conditions, ...more });
    const { calls, next }: { calls: Entry[]; next?: string } = JSON.parse(text);
    return { cids: cidsIn(calls), next };
  };
  const first = await page({ limit: 1 });
  expect(first.cids).toEqual(["default:ann-and-bob"]);
  await post("/video/call/default/ann-and-bob/delete", { hard: true });
  app.endTasks();
  const second = await page({ limit: 1, next: first.next });
  expect(second.cids).toEqual(["default:retro"]);
  expect(await page({ limit: 1, next: second.next })).toEqual({
    cids: ["default:standup"],
    next: undefined,
  });
});

test.for<[object, string]>([
  [{ filter_conditions: { members: "ann" }, limit: 101 }, "limit must be 100 or less"],
  [{ filter_conditions: { members: "ann" }, next: "x" }, "next is not a valid cursor"],
  [{ filter_conditions: { ongoing: true } }, "search is not enabled for field ongoing"],
  [{ filter_conditions: {} }, "name members, cid or created_by_user_id"],
])("refuses %j", async ([request, problem], { post }) => {
  const { body } = await post("/video/calls", request);
  expect([body.code, body.message]).toEqual([4, expect.stringContaining(problem)]);
});

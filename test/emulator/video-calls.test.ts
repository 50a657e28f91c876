import { expect } from "vitest";
import { NOTHING } from "../../emulator/remaining.ts";
import { test as base } from "./fixture.ts";

const STANDUP = "/video/call/default/standup";

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

test("removes a call with all that was recorded, at the task's end", async ({
  app,
  calls,
  post,
  send,
}) => {
  expect(app.remaining("ann")).toEqual({
    ...{ ...NOTHING, visible: true, profile: true },
    ...{ calls: 1, groupCalls: 2, recordings: 4, transcriptions: 2 },
  });
  const { status, body } = await post(`${STANDUP}/delete`, { hard: true });
  expect([status, body]).toEqual([
    201,
    expect.objectContaining({ call: expect.objectContaining({ cid: "default:standup" }) }),
  ]);
  expect(await calls({ cid: "default:standup" })).toHaveLength(1);
  app.endTasks();
  expect((await send(`/tasks/${body.task_id}`)).body.result).toEqual({
    "default:standup": { status: "ok" },
  });
  expect(app.remaining("ann")).toMatchObject({ groupCalls: 1, recordings: 2, transcriptions: 1 });
  expect(app.callsTo("DeleteCall")).toMatchObject([{ taskId: body.task_id }]);
  expect((await post(`${STANDUP}/delete`)).body.message).toContain(
    "Can't find call with id default:standup",
  );
});

test("hides a call that is deleted softly, without a task", async ({ app, calls, post }) => {
  const before = app.remaining("ann");
  expect((await post(`${STANDUP}/delete`)).body).not.toHaveProperty("task_id");
  expect(await calls({ cid: "default:standup" })).toEqual([]);
  expect(app.remaining("ann")).toEqual(before);
});

test.for([
  [{ kind: "failed" }, { status: "failed" }],
  [
    { kind: "user_errors", errors: { "default:standup": "too busy" } },
    { result: { "default:standup": { status: "error", error: "too busy" } } },
  ],
] as const)(
  "keeps the call when its deletion ends with %j, until the next one",
  async ([outcome, told], { app, calls, post, send }) => {
    app.failTasks(outcome, 1, "DeleteCall");
    const { body } = await post(`${STANDUP}/delete`, { hard: true });
    app.endTasks();
    expect((await send(`/tasks/${body.task_id}`)).body).toMatchObject(told);
    expect(await calls({ cid: "default:standup" })).toHaveLength(1);
    expect(app.remaining("ann").recordings).toBe(4);
    await post(`${STANDUP}/delete`, { hard: true });
    app.endTasks();
    expect(await calls({ cid: "default:standup" })).toEqual([]);
  },
);

test.for([
  ["recordings", "rec-0.mp4", "recording doesn't exist"],
  ["transcriptions", "transcript-0.jsonl", "transcription doesn't exist"],
] as const)("lists and deletes %s", async ([set, filename, absent], { app, send }) => {
  const { status, text } = await send(`${STANDUP}/${set}`);
  const files: object[] = JSON.parse(text)[set];
  const before = app.remaining("bob")[set];
  expect(files).toHaveLength(before);
  expect([status, files[0]]).toMatchObject([200, { session_id: "session-0", filename }]);
  const remove = () => send(`${STANDUP}/session-0/${set}/${filename}`, { method: "DELETE" });
  expect((await remove()).status).toBe(200);
  expect(app.remaining("bob")[set]).toBe(before - 1);
  expect((await remove()).body).toMatchObject({
    code: 16,
    message: expect.stringContaining(absent),
  });
  expect((await send(`/video/call/default/no/${set}`)).body.code).toBe(16);
});

test("outlives its people when it is a group call", async ({ app, post }) => {
  const request = { user: "hard", messages: "hard", conversations: "hard", calls: "hard" };
  await post("/users/delete", { user_ids: ["ann"], ...request, new_call_owner_id: "bob" });
  app.endTasks();
  expect(app.remaining("ann")).toEqual({
    ...NOTHING,
    ...{ groupCalls: 2, recordings: 4, transcriptions: 2 },
  });
  expect(app.remaining("bob")).toMatchObject({ calls: 0, groupCalls: 2 });
});

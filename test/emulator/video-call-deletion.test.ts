import { expect } from "vitest";
import { NOTHING } from "../../emulator/remaining.ts";
import { test as base } from "./fixture.ts";

const STANDUP = "/video/call/default/standup";

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
  .extend("listed", ({ post }) => async (): Promise<object[]> => {
    const filter_conditions = { cid: "default:standup" };
    return JSON.parse((await post("/video/calls", { filter_conditions })).text).calls;
  });

test("removes a call with all that was recorded, at the task's end", async ({
  app,
  listed,
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
  expect(await listed()).toHaveLength(1);
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

test("hides a call that is deleted softly, without a task", async ({ app, listed, post }) => {
  const before = app.remaining("ann");
  expect((await post(`${STANDUP}/delete`)).body).not.toHaveProperty("task_id");
  expect(await listed()).toEqual([]);
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
  async ([outcome, told], { app, listed, post, send }) => {
    app.failTasks(outcome, 1, "DeleteCall");
    const { body } = await post(`${STANDUP}/delete`, { hard: true });
    app.endTasks();
    expect((await send(`/tasks/${body.task_id}`)).body).toMatchObject(told);
    expect(await listed()).toHaveLength(1);
    expect(app.remaining("ann").recordings).toBe(4);
    await post(`${STANDUP}/delete`, { hard: true });
    app.endTasks();
    expect(await listed()).toEqual([]);
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

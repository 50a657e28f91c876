import { expect } from "vitest";
import { startEmulator } from "../../emulator/emulator.ts";
import { test as base, MINUTE, START, sender } from "./fixture.ts";

const test = base
  .extend("start", ({ app, post }) => async () => {
    app.seed({ id: "ann", name: "Ann" }, { id: "bob", name: "Bob" });
    const body = { user_ids: ["ann", "bob"], user: "hard", messages: "hard" };
    return (await post("/users/delete", body)).body.task_id;
  })
  .extend(
    "look",
    ({ send }) =>
      async (task: string) =>
        (await send(`/tasks/${task}`)).body,
  );

test("waits, is pending, runs and completes as the clock goes", async ({
  app,
  clock,
  start,
  look,
}) => {
  app.options.tasks = { ...app.options.tasks, waitingMs: 10, pendingMs: 20, runningMs: 30 };
  const task = await start();
  const statuses: string[] = [];
  for (const step of [0, 10, 20, 29, 1]) {
    clock.advance(step);
    statuses.push((await look(task)).status);
  }
  expect(statuses).toEqual(["waiting", "pending", "running", "running", "completed"]);
});

test("tells the time of its last change and leaves out what is not there yet", async ({
  clock,
  start,
  send,
}) => {
  const task = await start();
  const { text, body } = await send(`/tasks/${task}`);
  expect(Object.keys(body)).toEqual(["task_id", "status", "created_at", "updated_at", "duration"]);
  expect(text).toMatch(/"created_at":1755000000000\d{6},"updated_at":1755000000000\d{6}/);
  clock.advance(MINUTE);
  expect((await send(`/tasks/${task}`)).text).toMatch(/"updated_at":1755000001000\d{6}/);
});

test("can have null for what is not there yet", async ({ app, clock, start, look }) => {
  app.options.taskFields = "null";
  const task = await start();
  expect(await look(task)).toMatchObject({ result: null, error: null });
  clock.advance(MINUTE);
  expect(await look(task)).not.toHaveProperty("error");
});

test("is unknown, or known no longer", async ({ app, clock, start, look }) => {
  const id = "5f0c4f3e-5e0c-4c53-8a83-0b5c5c1f5a11";
  expect((await look(id)).message).toBe(
    `GetTask failed with error: "Can't find task with id "${id}""`,
  );
  const task = await start();
  app.options.tasks.retentionMs = MINUTE;
  clock.advance(MINUTE);
  expect((await look(task)).status).toBe("completed");
  clock.advance(2_000);
  expect((await look(task)).code).toBe(16);
});

test("never ends when it is stuck, until it is ended", async ({ app, clock, start, look }) => {
  app.options.tasks.stuck = true;
  const task = await start();
  clock.advance(1_000 * MINUTE);
  expect((await look(task)).status).toBe("running");
  expect(app.remaining("ann").profile).toBe(true);
  app.endTasks();
  expect((await look(task)).status).toBe("completed");
  expect(app.remaining("ann").profile).toBe(false);
});

test("fails as told, with everything still there, and only so often", async ({
  app,
  start,
  look,
}) => {
  app.failTasks({ kind: "failed", type: "Timeout", description: "took too long" });
  const tasks = [await start(), await start()] as const;
  app.endTasks();
  expect(await look(tasks[0])).toMatchObject({
    status: "failed",
    error: { type: "Timeout", description: "took too long" },
  });
  expect((await look(tasks[1])).status).toBe("completed");
});

test("reports errors for single users, or does not name them", async ({ app, start, look }) => {
  app.failTasks({ kind: "user_errors", errors: { ann: "please retry" } });
  app.failTasks({ kind: "not_reported", userIds: ["ann"] });
  const first = await start();
  app.endTasks();
  expect((await look(first)).result).toEqual({
    ann: { status: "error", error: "please retry" },
    bob: { status: "ok" },
  });
  expect(app.remaining("ann").profile).toBe(true);
  const second = await start();
  app.endTasks();
  expect((await look(second)).result).toEqual({ bob: { status: "ok" } });
});

test("vanishes at once or at its end, with its work done or not", async ({
  app,
  clock,
  start,
  look,
}) => {
  app.failTasks({ kind: "vanishes", from: "start" });
  expect((await look(await start())).code).toBe(16);
  app.failTasks({ kind: "vanishes", worked: true });
  const task = await start();
  expect((await look(task)).status).toBe("pending");
  clock.advance(MINUTE);
  expect((await look(task)).code).toBe(16);
  expect(app.remaining("ann").profile).toBe(false);
});

test("fails exports too", async ({ app, post, look }) => {
  app.failTasks({ kind: "failed" }, 1, "ExportUsers");
  const { task_id } = (await post("/export/users", { user_ids: ["ann"] })).body;
  app.endTasks();
  expect((await look(task_id)).status).toBe("failed");
});

test("is never called completed before its result is there, however the clock goes", async () => {
  let now = START;
  // Each look at the clock finds it a little later, so that the end comes in the middle of an answer.
  await using emulator = await startEmulator({ now: () => now++ });
  const send = sender(emulator.url);
  const app = emulator.app();
  for (let runningMs = 1; runningMs <= 40; runningMs += 1) {
    app.options.tasks = { ...app.options.tasks, pendingMs: 0, runningMs };
    app.seed({ id: `user-${runningMs}` });
    const body = { user_ids: [`user-${runningMs}`], user: "hard" };
    const { task_id } = (await send("/users/delete", { method: "POST", body })).body;
    app.resetRateLimits();
    let task = (await send(`/tasks/${task_id}`)).body;
    while (task.status !== "completed") task = (await send(`/tasks/${task_id}`)).body;
    expect(task.result).toEqual({ [`user-${runningMs}`]: { status: "ok" } });
  }
});

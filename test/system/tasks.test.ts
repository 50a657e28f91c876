import type { Job } from "bullmq";
import { describe, expect } from "vitest";
import { NOTHING } from "../../emulator/remaining.ts";
import type { TaskOutcome } from "../../emulator/task.ts";
import { type System, settled, test } from "../helpers/system.ts";

const failedStatusJob = (system: System): Promise<Job> =>
  expect
    .poll(async () => (await system.queues["task-status"].getFailed())[0], { timeout: 5000 })
    .toBeDefined()
    .then(async () => (await system.queues["task-status"].getFailed())[0] as Job);

const ENDS: [string, TaskOutcome][] = [
  ["task_failed", { kind: "failed" }],
  ["user_error", { kind: "user_errors", errors: { ann: "something wrong happened" } }],
  ["user_not_reported", { kind: "not_reported", userIds: ["ann"] }],
  ["task_unknown", { kind: "vanishes", from: "start" }],
];

describe("a deletion whose Stream task does not do its work", () => {
  test.for(ENDS)(
    "fails with %s, and submits again when its status job is retried",
    async ([reason, outcome], { system, worker: _, app }) => {
      app.seed({ id: "ann", name: "Ann", messages: 3 });
      app.failTasks(outcome);
      const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
      expect((await system.until(id, settled)).state).toMatchObject({ status: "failed", reason });

      const job = await failedStatusJob(system);
      expect(job.failedReason).toContain(reason);
      expect(job.failedReason).not.toContain("ann");
      await job.retry("failed", { resetAttemptsMade: true });

      const record = await system.until(id, ({ state }) => state.status === "completed");
      expect(record.state).toMatchObject({ outcome: "erased_unverified", users: 1 });
      expect(app.callsTo("DeleteUsers")).toHaveLength(2);
      expect(app.remaining("ann")).toEqual(NOTHING);
    },
  );

  test("submits again only the users that are not erased", async ({ system, worker: _, app }) => {
    const email = "ann@example.com";
    app.seed({ id: "ann-1", email }, { id: "ann-2", email });
    app.failTasks({ kind: "user_errors", errors: { "ann-2": "please retry" } });
    const id = await system.producer.requestDelete({ subject: { email } });
    await system.until(id, ({ state }) => state.status === "failed");
    await (await failedStatusJob(system)).retry("failed");
    const record = await system.until(id, ({ state }) => state.status === "completed");
    expect(record.state).toMatchObject({ users: 2 });
    expect(app.callsTo("DeleteUsers").map((call) => call.userIds)).toEqual([
      ["ann-1", "ann-2"],
      ["ann-2"],
    ]);
  });

  test("concerns only the requests whose users it failed", async ({ system, worker: _, app }) => {
    app.seed({ id: "ann" }, { id: "bob" });
    app.failTasks({ kind: "user_errors", errors: { ann: "please retry" } });
    const [ann, bob] = await Promise.all([
      system.producer.requestDelete({ subject: { userId: "ann" } }),
      system.producer.requestDelete({ subject: { userId: "bob" } }),
    ]);
    expect((await system.until(ann, settled)).state).toMatchObject({ reason: "user_error" });
    expect((await system.until(bob, settled)).state).toMatchObject({ status: "completed" });
  });

  test("fails with task_deadline when the task does not end in time", async ({ system, app }) => {
    const worker = { ...system.config.worker, taskDeadlineMs: 1500 };
    await using _ = await system.start({ worker });
    app.seed({ id: "ann" });
    app.failTasks({ kind: "never_ends" });
    const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
    const { state } = await system.until(id, settled);
    expect(state).toMatchObject({ status: "failed", reason: "task_deadline" });
    await (await failedStatusJob(system)).retry("failed");
    await system.until(id, ({ state }) => state.status === "completed");
  });
});

describe("a status job", () => {
  test("outlasts an outage of Stream without spending attempts", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann" });
    app.fault("GetTask", { kind: "bad_gateway" });
    app.fault("GetTask", { kind: "reset" });
    const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
    await system.until(id, ({ state }) => state.status === "completed");
    expect(app.callsTo("GetTask").length).toBeGreaterThanOrEqual(3);
    // The job is completed a little after its request.
    await expect.poll(system.statusAttempts).toEqual([1]);
  });

  test("keeps no personal data, nor does the finished delete job", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann-of-arendal", email: "ann@example.com" });
    const id = await system.producer.requestDelete({
      subject: { email: "ann@example.com" },
      metadata: { name: "Ann" },
    });
    await system.until(id, settled);
    await expect
      .poll(async () => Object.keys((await system.queues.delete.getJob(id))?.data ?? {}))
      .not.toContain("subject");

    const kept: string[] = [];
    for (const key of await system.redis.keys("*")) {
      const type = await system.redis.type(key);
      if (type === "hash") kept.push(JSON.stringify(await system.redis.hgetall(key)));
      if (type === "string") kept.push((await system.redis.get(key)) ?? "");
      if (type === "stream") kept.push(JSON.stringify(await system.redis.xrange(key, "-", "+")));
      kept.push(key);
    }
    expect(kept.join("\n")).toContain(id);
    expect(kept.join("\n")).not.toMatch(/ann-of-arendal|ann@example|"Ann"/);
  });
});

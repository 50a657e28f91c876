import { describe, expect } from "vitest";
import { test as base, path, settled } from "../helpers/system.ts";

const test = base.extend("env", { STREAM_VERIFICATION: '{"delaySeconds":0}' });

describe("after a deletion task has ended", () => {
  test("Stream is read again, and only then is the user called erased", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann", name: "Ann", messages: 4 });
    const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
    const record = await system.until(id, settled);
    expect(record.state).toEqual({ status: "completed", outcome: "erased_verified", users: 1 });
    expect(path(record).slice(-3)).toEqual([
      "in_progress/polling",
      "in_progress/verifying",
      "completed/erased_verified",
    ]);
    const operations = app.calls.map(({ operation }) => operation);
    expect(operations.indexOf("ExportUsers")).toBeGreaterThan(operations.indexOf("GetTask"));
    expect(app.callsTo("ExportUsers").map(({ userIds }) => userIds)).toEqual([["ann"]]);
  });

  test("users that left together are read together, 25 in a call", async ({
    system,
    worker: _,
    app,
  }) => {
    const ids = await Promise.all(
      app.seedMany(60).map((userId) => system.producer.requestDelete({ subject: { userId } })),
    );
    for (const id of ids) {
      expect((await system.until(id, settled)).state).toMatchObject({ outcome: "erased_verified" });
    }
    const calls = app.callsTo("ExportUsers");
    expect(calls.flatMap(({ userIds }) => userIds ?? [])).toHaveLength(60);
    expect(calls.length).toBeLessThanOrEqual(3 + app.callsTo("DeleteUsers").length);
  });

  test("it is not read before: Stream hides users before it deletes them", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann" });
    app.options.tasks.stuck = true;
    const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
    await expect.poll(() => app.callsTo("GetTask").length, { timeout: 5000 }).toBeGreaterThan(1);
    expect(app.callsTo("ExportUsers")).toEqual([]);
    expect((await system.record(id))?.state).toMatchObject({ phase: "polling" });
    app.endTasks();
  });

  test("users are read one by one when Stream refuses the task for them", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann" });
    app.fault("ExportUsers", { kind: "answer", status: 404, body: '{"code":16}' });
    const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
    expect((await system.until(id, settled)).state).toMatchObject({ outcome: "erased_verified" });
    expect(app.callsTo("ExportUser").map(({ status }) => status)).toEqual([404]);
  });

  test("an export task that fails is begun again, and spends no attempt", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann" });
    app.failTasks({ kind: "failed" }, 1, "ExportUsers");
    await system.producer.requestDelete({ requestId: "r-1", subject: { userId: "ann" } });
    await expect.poll(() => app.callsTo("ExportUsers").length, { timeout: 5000 }).toBe(1);
    const delayed = async () =>
      (await system.queues["task-status"].getDelayed()).find(
        ({ id, delay }) => id?.startsWith("task-") && delay > 20_000,
      );
    await expect.poll(delayed, { timeout: 5000 }).toBeDefined();
    await (await delayed())?.promote();
    expect((await system.until("r-1", settled)).state).toMatchObject({
      outcome: "erased_verified",
    });
  });
});

describe("a task that completes but leaves something", () => {
  test("is never a success: the request fails, says what is left, and a retry erases it", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann", name: "Ann", messages: ["one", "two", "three"] }, { id: "bob" });
    app.options.exportOfDeleted = "profile";
    app.failDeletionOf("ann", { kind: "leaves", messages: 1 });
    const [ann, bob] = await Promise.all([
      system.producer.requestDelete({ subject: { userId: "ann" } }),
      system.producer.requestDelete({ subject: { userId: "bob" } }),
    ]);
    expect((await system.until(bob, settled)).state).toMatchObject({ outcome: "erased_verified" });
    const failed = await system.until(ann, settled);
    expect(failed.state).toMatchObject({
      status: "failed",
      reason: "partially_erased",
      message: expect.stringContaining("0 profiles, 1 messages, 0 reactions"),
    });
    expect(failed.verification).toMatchObject({ left: { profiles: 0, messages: 1, reactions: 0 } });

    app.failDeletionOf("ann", undefined);
    await expect.poll(() => system.queues["task-status"].getFailedCount()).toBe(1);
    await (await system.queues["task-status"].getFailed())[0]?.retry();
    const record = await system.until(ann, ({ state }) => state.status === "completed");
    expect(record.state).toMatchObject({ outcome: "erased_verified" });
    expect(record.tasks).toHaveLength(2);
  });
});

describe("with a delay", () => {
  test.override("env", { STREAM_VERIFICATION: '{"delaySeconds":1}' });

  test("it is read once at once and once more after it", async ({ system, worker: _, app }) => {
    app.seed({ id: "ann" });
    const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
    expect((await system.until(id, settled)).state).toMatchObject({ outcome: "erased_verified" });
    const [first, second] = app.callsTo("ExportUsers").map(({ at }) => at);
    expect(app.callsTo("ExportUsers")).toHaveLength(2);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1000);
  });
});

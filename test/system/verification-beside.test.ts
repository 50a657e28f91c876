import { describe, expect } from "vitest";
import { NOTHING } from "../../emulator/remaining.ts";
import { DEFAULT_LIMITS } from "../../emulator/settings.ts";
import { test as base, type System } from "../helpers/system.ts";

const VERIFIED = { STREAM_VERIFICATION: '{"delaySeconds":0}' };
const test = base.extend("env", {
  ...VERIFIED,
  STREAM_PRODUCTS: "chat,feeds",
} as Record<string, string>);
const erase = (system: System) =>
  system.producer.requestDelete({ requestId: "r-1", subject: { userId: "ann" } });
const completed = (system: System) =>
  system.until("r-1", ({ state }) => state.status === "completed");
const failed = (system: System) => system.until("r-1", ({ state }) => state.status === "failed");
const retryStatusJob = async (system: System) => {
  await expect.poll(() => system.queues["task-status"].getFailedCount()).toBe(1);
  await (await system.queues["task-status"].getFailed())[0]?.retry();
};

describe("feeds content", () => {
  test("that a completed task has left makes the request fail, and a retry deletes it", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann", feedActivities: 3 }, { id: "bob" });
    app.failDeletionOf("ann", { kind: "leaves", feedActivities: true });
    await erase(system);
    const record = await failed(system);
    expect(record.state).toMatchObject({
      reason: "partially_erased",
      message: expect.stringContaining("3 feed items"),
    });
    expect(record.steps).toMatchObject([{ name: "feeds", state: "failed" }]);
    expect(record.verification?.left).toMatchObject({ feeds: 3 });

    app.failDeletionOf("ann", undefined);
    await retryStatusJob(system);
    const mended = await completed(system);
    expect(mended.state).toMatchObject({ outcome: "erased_verified" });
    expect(mended.steps).toMatchObject([{ name: "feeds", state: "done" }]);
    expect(app.remaining("ann")).toEqual(NOTHING);
    expect(app.callsTo("DeleteFeedUserData")).toHaveLength(2);
    expect(app.callsTo("DeleteUsers")).toHaveLength(2);
  });

  test("a used-up limit goes on where it was, and reads nobody twice", async ({ system, app }) => {
    const email = "all@example.com";
    app.seedMany(3, () => ({ email, feedActivities: 1 }));
    app.options.limits = { ...DEFAULT_LIMITS, ExportFeedUserData: 1, DeleteUsers: 600 };
    app.options.windowMs = 1000;
    await using _ = await system.start({ rateLimits: "off" });
    await system.producer.requestDelete({ requestId: "r-1", subject: { email } });
    expect((await completed(system)).state).toMatchObject({ outcome: "erased_verified", users: 3 });
    const statuses = app.callsTo("ExportFeedUserData").map(({ status }) => status);
    expect(statuses).toContain(429);
    expect(statuses.filter((status) => status !== 429)).toHaveLength(3);
    await expect.poll(system.statusAttempts).toEqual([1]);
  });

  test("an export that cannot be read is never taken for nothing left", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann", feedActivities: 3 });
    app.failDeletionOf("ann", { kind: "leaves", feedActivities: true });
    app.fault("DownloadExport", { kind: "invalid_body", body: "[1,2" });
    await erase(system);
    expect((await failed(system)).state).toMatchObject({ reason: "partially_erased" });
  });
});

describe("devices", () => {
  test.override("env", VERIFIED);

  test("that are there when the task has completed are deleted by a retry", async ({
    system,
    worker: _,
    app,
  }) => {
    app.options.deletionRemovesDevices = false;
    app.options.tasks.stuck = true;
    const ann = { id: "ann", devices: ["phone"] };
    app.seed(ann);
    await erase(system);
    await system.until("r-1", ({ state }) => "tasks" in state);
    app.seed(ann);
    app.options.tasks.stuck = false;
    app.endTasks();
    const record = await failed(system);
    expect(record.state).toMatchObject({
      reason: "partially_erased",
      message: expect.stringContaining("1 devices"),
    });
    expect(record.steps).toMatchObject([{ name: "devices", state: "failed" }]);

    await retryStatusJob(system);
    expect((await completed(system)).state).toMatchObject({ outcome: "erased_verified" });
    expect(app.remaining("ann")).toEqual(NOTHING);
  });
});

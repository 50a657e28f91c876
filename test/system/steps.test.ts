import { describe, expect } from "vitest";
import type { EmulatedApp } from "../../emulator/emulated-app.ts";
import { NOTHING } from "../../emulator/remaining.ts";
import { DEFAULT_LIMITS } from "../../emulator/settings.ts";
import { path, type System, settled, test } from "../helpers/system.ts";

const erase = (system: System, userId = "ann") =>
  system.producer.requestDelete({ requestId: "r-1", subject: { userId } });
const completed = (system: System) =>
  system.until("r-1", ({ state }) => state.status === "completed");
const failed = (system: System) => system.until("r-1", ({ state }) => state.status === "failed");
const retryDeletion = async (system: System) => {
  await expect.poll(() => system.queues.delete.getJobState("r-1")).toBe("failed");
  await (await system.queues.delete.getJob("r-1"))?.retry();
};
/** The operations in the order in which each was first called. */
const firstCalls = (app: EmulatedApp) => [...new Set(app.calls.map(({ operation }) => operation))];

const nameOf = ({ path }: { path: string }) => path.split("/").at(-2);

const VERIFIED = { STREAM_VERIFICATION: '{"delaySeconds":0}' };

describe("with feeds", () => {
  test.override("env", { ...VERIFIED, STREAM_PRODUCTS: "chat,feeds" });

  test("feeds content is erased before the user, and verified after", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann", name: "Ann", messages: 2, feedActivities: 3 });
    app.clearCalls();
    await erase(system);
    const record = await system.until("r-1", settled);
    expect(record.state).toEqual({ status: "completed", outcome: "erased_verified", users: 1 });
    const [deletion] = app.callsTo("DeleteFeedUserData");
    expect(record.steps).toEqual([
      { name: "feeds", state: "done", count: 1, tasks: [deletion?.taskId] },
    ]);
    expect(record.tasks).toContain(deletion?.taskId);
    expect(deletion?.input).toEqual({ hard_delete: true });
    expect(app.remaining("ann")).toEqual(NOTHING);
    expect(firstCalls(app)).toEqual([
      "DeleteFeedUserData",
      "GetTask",
      "QueryUsers",
      "DeleteUsers",
      "ExportUsers",
      "ExportFeedUserData",
    ]);
    expect(app.callsTo("DeleteFeedUserData")).toHaveLength(1);
  });

  test("a user without any is no different, whatever Stream says of that", async ({
    system,
    worker: _,
    app,
  }) => {
    app.options.exportOfEmptyFeeds = "not_found";
    app.seed({ id: "ann", softDeleted: true });
    await erase(system);
    expect((await system.until("r-1", settled)).state).toMatchObject({
      outcome: "erased_verified",
    });
  });

  test("a task that fails keeps the user from being deleted; a retry does that step alone", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann", feedActivities: 3 });
    app.failTasks({ kind: "failed" }, 1, "DeleteFeedUserData");
    await erase(system);
    const record = await failed(system);
    expect(record.state).toMatchObject({
      reason: "step_failed",
      message: expect.stringContaining("feeds"),
    });
    expect(record.steps).toMatchObject([{ name: "feeds", state: "failed" }]);
    expect(app.callsTo("DeleteUsers")).toEqual([]);
    expect(app.remaining("ann")).toMatchObject({ visible: true });

    await retryDeletion(system);
    expect((await completed(system)).state).toMatchObject({ outcome: "erased_verified" });
    expect(app.remaining("ann")).toEqual(NOTHING);
    expect(app.callsTo("DeleteFeedUserData")).toHaveLength(2);
  });

  test("a step that is done is not repeated when the deletion itself fails", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann", feedActivities: 3 });
    app.failTasks({ kind: "failed" });
    await erase(system);
    expect((await failed(system)).state).toMatchObject({ reason: "task_failed" });
    await expect.poll(() => system.queues["task-status"].getFailedCount()).toBe(1);
    await (await system.queues["task-status"].getFailed())[0]?.retry();
    expect((await completed(system)).state).toMatchObject({ outcome: "erased_verified" });
    expect(app.callsTo("DeleteFeedUserData")).toHaveLength(1);
    expect(app.callsTo("DeleteUsers")).toHaveLength(2);
  });

  test("a step whose task Stream has forgotten has failed", async ({ system, worker: _, app }) => {
    app.seed({ id: "ann", feedActivities: 3 });
    app.failTasks({ kind: "vanishes", from: "start" }, 1, "DeleteFeedUserData");
    await erase(system);
    expect((await failed(system)).state).toHaveProperty(
      "message",
      expect.stringContaining("task_unknown"),
    );
    expect(app.callsTo("DeleteUsers")).toEqual([]);
  });

  test("of two users, a retry repeats only the step that failed", async ({
    system,
    worker: _,
    app,
  }) => {
    const email = "ann@example.com";
    app.seed({ id: "ann-1", email, feedActivities: 1 }, { id: "ann-2", email, feedActivities: 1 });
    app.failTasks({ kind: "failed" }, 1, "DeleteFeedUserData");
    await system.producer.requestDelete({ requestId: "r-1", subject: { email } });
    expect((await failed(system)).state).toMatchObject({ reason: "step_failed" });
    expect(app.callsTo("DeleteUsers")).toEqual([]);
    await retryDeletion(system);
    expect((await completed(system)).state).toMatchObject({ users: 2 });
    expect(app.callsTo("DeleteFeedUserData").map(({ userIds }) => userIds?.[0])).toEqual([
      "ann-1",
      "ann-2",
      "ann-1",
    ]);
  });

  test("a worker that stops between Stream's answer and our record has the step repeated", async ({
    system,
    app,
  }) => {
    app.seed({ id: "ann", feedActivities: 3 });
    app.fault("DeleteFeedUserData", { kind: "hang", afterEffect: true });
    const stopped = await system.start();
    await erase(system);
    await expect.poll(() => app.callsTo("DeleteFeedUserData").length).toBe(1);
    await stopped[Symbol.asyncDispose]();
    expect((await system.record("r-1"))?.steps).toEqual([]);
    await using _ = await system.start();
    const record = await system.until("r-1", settled);
    expect(record.state).toMatchObject({ outcome: "erased_verified" });
    expect(record.steps).toMatchObject([{ state: "done", count: 1 }]);
    expect(app.callsTo("DeleteFeedUserData")).toHaveLength(2);
  });
});

describe("with feeds and complete-on-submit", () => {
  test.override("env", {
    STREAM_PRODUCTS: "feeds",
    STREAM_ASYNCHRONOUS_DELETION: "complete-on-submit",
  });

  test("the steps are done all the same before the user is submitted", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann", feedActivities: 3 });
    await erase(system);
    expect((await system.until("r-1", settled)).state).toMatchObject({
      outcome: "submitted_only",
    });
    expect(app.remaining("ann").feedActivities).toBe(0);
  });
});

describe("push devices", () => {
  test.override("env", VERIFIED);

  test("are deleted before their user; users without any cost no call", async ({
    system,
    worker: _,
    app,
  }) => {
    app.options.deletionRemovesDevices = false;
    app.seed({ id: "ann", devices: ["phone", "tablet"] }, { id: "bob" });
    app.clearCalls();
    await system.producer.requestDelete({ requestId: "bob", subject: { userId: "bob" } });
    await system.until("bob", settled);
    expect(app.callsTo("ListDevices")).toEqual([]);

    await erase(system);
    const record = await system.until("r-1", settled);
    expect(record.state).toMatchObject({ outcome: "erased_verified" });
    expect(record.steps).toEqual([{ name: "devices", state: "done", count: 2, tasks: [] }]);
    expect(app.remaining("ann")).toEqual(NOTHING);
    expect(app.callsTo("ListDevices").map(({ userIds }) => userIds?.[0])).toEqual(["ann", "ann"]);
    const at = (operation: "DeleteDevice" | "DeleteUsers") => app.callsTo(operation).at(-1)?.at;
    expect(at("DeleteDevice")).toBeLessThanOrEqual(at("DeleteUsers") ?? 0);
    expect(JSON.stringify([record, await system.requests.read("r-1" as never)])).not.toMatch(
      /phone|tablet/,
    );
  });

  test("wait their turn, and come back when Stream's limit is used up", async ({ system, app }) => {
    app.seed({ id: "ann", devices: ["phone", "tablet", "watch"] });
    app.options.limits = { ...DEFAULT_LIMITS, DeleteDevice: 1, DeleteUsers: 600 };
    app.options.windowMs = 1000;
    await using _ = await system.start({ rateLimits: "off" });
    await erase(system);
    const record = await completed(system);
    expect(record.steps).toMatchObject([{ name: "devices", state: "done", count: 3 }]);
    const statuses = app.callsTo("DeleteDevice").map(({ status }) => status);
    expect(statuses).toContain(429);
    expect(statuses.filter((status) => status === 200)).toHaveLength(3);
    expect((await system.queues.delete.getJob("r-1"))?.attemptsMade).toBe(1);
  });
});

describe("what is other people's as well", () => {
  const everything = {
    id: "ann",
    groupCalls: ["standup"],
    createdCalls: ["retro"],
    callsWith: ["bob"],
    recordings: 2,
    transcriptions: 1,
    abandonedWith: ["eva"],
    conversationsWith: ["bob"],
    groups: ["general"],
  };
  const seedAll = (app: EmulatedApp) =>
    app.seed({ id: "bob" }, { id: "eva" }, { id: "carl", groups: ["general"] }, everything);
  const products = { ...VERIFIED, STREAM_PRODUCTS: "chat,video" };

  describe("stays unless asked for", () => {
    test.override("env", products);
    test("group calls, their recordings, and abandoned channels", async ({
      system,
      worker: _,
      app,
    }) => {
      seedAll(app);
      await erase(system);
      await completed(system);
      expect(app.remaining("ann")).toMatchObject({ recordings: 4, abandonedChannels: 1 });
      expect(app.callsTo("QueryCalls").concat(app.callsTo("QueryChannels"))).toEqual([]);
    });
  });

  describe("goes by groupCalls", () => {
    test.override("env", { ...products, STREAM_ALSO_DELETE: '{"groupCalls":true}' });
    test("calls of several go, those of two with the user", async ({ system, worker: _, app }) => {
      seedAll(app);
      await erase(system);
      const record = await completed(system);
      expect(record.steps).toMatchObject([{ name: "group_calls", state: "done", count: 2 }]);
      expect(app.callsTo("DeleteCall").map(nameOf).toSorted()).toEqual(["retro", "standup"]);
      expect(app.remaining("ann")).toMatchObject({ groupCalls: 0, recordings: 0, calls: 0 });
      expect(app.remaining("ann").abandonedChannels).toBe(1);
    });

    test("a limit that is used up midway forgets no task", async ({ system, app }) => {
      seedAll(app);
      app.options.limits = { ...DEFAULT_LIMITS, DeleteCall: 1, DeleteUsers: 600 };
      app.options.windowMs = 1000;
      await using _ = await system.start({ rateLimits: "off" });
      await erase(system);
      const record = await completed(system);
      const accepted = app.callsTo("DeleteCall").flatMap(({ taskId }) => taskId ?? []);
      expect(accepted.length).toBeGreaterThanOrEqual(2);
      expect(record.steps[0]?.tasks).toEqual(accepted);
      expect(app.remaining("ann").groupCalls).toBe(0);
    });
  });

  describe("goes by recordings", () => {
    test.override("env", { ...products, STREAM_ALSO_DELETE: '{"recordings":true}' });
    test("recordings and transcriptions go, their calls stay", async ({
      system,
      worker: _,
      app,
    }) => {
      seedAll(app);
      await erase(system);
      const record = await completed(system);
      expect(record.steps).toMatchObject([{ name: "recordings", state: "done", count: 6 }]);
      expect(app.remaining("ann")).toMatchObject({ recordings: 0, transcriptions: 0 });
      expect(app.remaining("call-host").groupCalls).toBe(2);
    });
  });

  describe("goes by abandonedConversations", () => {
    test.override("env", { ...products, STREAM_ALSO_DELETE: '{"abandonedConversations":true}' });
    test("a channel of two whose other member has left goes, others stay", async ({
      system,
      worker: _,
      app,
    }) => {
      seedAll(app);
      await erase(system);
      const record = await completed(system);
      expect(record.steps).toMatchObject([{ name: "abandoned_conversations", count: 1 }]);
      expect(app.callsTo("DeleteChannels").map(({ input }) => input)).toEqual([
        { cids: ["messaging:!members-ann-and-eva"], hard_delete: true },
      ]);
      expect(app.remaining("ann").abandonedChannels).toBe(0);
      expect(app.remaining("carl").memberships).toBe(1);
      expect(app.remaining("ann").recordings).toBe(4);
    });

    test("a channel that Stream does not delete fails its step", async ({
      system,
      worker: _,
      app,
    }) => {
      seedAll(app);
      const errors = { "messaging:!members-ann-and-eva": "please retry" };
      app.failTasks({ kind: "user_errors", errors }, 1, "DeleteChannels");
      await erase(system);
      const record = await failed(system);
      expect(record.state).toMatchObject({ reason: "step_failed" });
      expect(path(record)).not.toContain("in_progress/polling");
      expect(app.callsTo("DeleteUsers")).toEqual([]);
    });
  });
});

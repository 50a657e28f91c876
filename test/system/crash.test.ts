import { describe, expect } from "vitest";
import { NOTHING } from "../../emulator/remaining.ts";
import { openFollowTask } from "../../src/worker/follow-task.ts";
import { reconcile } from "../../src/worker/reconcile.ts";
import { runMain } from "../helpers/process.ts";
import { path, type System, settled, test } from "../helpers/system.ts";

const startWorkerProcess = (system: System, redisUrl: string) =>
  runMain(["worker"], { ...system.variables, REDIS_URL: redisUrl, JOB_LOCK_SECONDS: "1" });

const shortLocks = (system: System) => ({ worker: { ...system.config.worker, lockMs: 1000 } });

describe("a worker killed with SIGKILL", () => {
  test("between Stream's answer and our record: submits again, and nothing is lost", async ({
    system,
    redisUrl,
    app,
  }) => {
    app.seed({ id: "ann", messages: 3 });
    app.fault("DeleteUsers", { kind: "hang", afterEffect: true });
    await using killed = startWorkerProcess(system, redisUrl);
    const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
    await expect.poll(() => app.callsTo("DeleteUsers").length, { timeout: 10_000 }).toBe(1);
    killed.kill("SIGKILL");
    await killed.exit;
    // The slot that the killed worker has used would hold up its successor for 12.5 seconds.
    await system.redis.del("{stream-dsr}:limit:default:DeleteUsers");

    await using _ = await system.start(shortLocks(system));
    const record = await system.until(id, settled);
    expect(record.state).toMatchObject({ status: "completed", outcome: "erased_unverified" });
    expect(app.callsTo("DeleteUsers")).toHaveLength(2);
    expect(app.remaining("ann")).toEqual(NOTHING);
  });

  test("between two looks: the task is followed to its end, and submitted once", async ({
    system,
    redisUrl,
    app,
  }) => {
    app.seed({ id: "ann" });
    app.options.tasks.stuck = true;
    await using killed = startWorkerProcess(system, redisUrl);
    const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
    await expect.poll(() => app.callsTo("GetTask").length, { timeout: 10_000 }).toBe(1);
    killed.kill("SIGKILL");
    await killed.exit;
    app.endTasks();

    await using _ = await system.start(shortLocks(system));
    const record = await system.until(id, settled);
    expect(path(record).at(-1)).toBe("completed/erased_unverified");
    expect(app.callsTo("DeleteUsers")).toHaveLength(1);
  });
});

describe("a worker told to stop with SIGTERM", () => {
  test("exits with 0, and puts back what it cannot finish in time", async ({
    system,
    redisUrl,
    app,
  }) => {
    app.seed({ id: "ann" }, { id: "bob" });
    app.options.tasks.stuck = true;
    app.fault("ExportUser", { kind: "hang" });
    await using stopped = startWorkerProcess(system, redisUrl);
    const deletion = await system.producer.requestDelete({ subject: { userId: "ann" } });
    const access = await system.producer.requestAccess({ subject: { userId: "bob" } });
    await expect.poll(() => app.callsTo("ExportUser").length, { timeout: 10_000 }).toBe(1);
    await expect.poll(() => app.callsTo("GetTask").length, { timeout: 10_000 }).toBe(1);
    stopped.kill("SIGTERM");
    expect(await stopped.exit).toMatchObject({ code: 0 });
    expect(await (await system.queues.access.getJob(access))?.getState()).toBe("prioritized");

    app.endTasks();
    await using _ = await system.start();
    expect((await system.until(deletion, settled)).state).toMatchObject({ status: "completed" });
    expect((await system.until(access, settled)).state).toMatchObject({ outcome: "exported" });
    expect(app.callsTo("DeleteUsers")).toHaveLength(1);
  });
});

describe("the reconciler", () => {
  const now = () => Date.now() + 3_600_000;
  const later = ({ queues, requests }: System) => ({
    queues,
    requests,
    followTask: openFollowTask(queues, now, () => 0),
    context: { now },
  });

  test("adds a status job that is gone", async ({ system, app }) => {
    app.seed({ id: "ann" });
    app.options.tasks.stuck = true;
    const first = await system.start();
    const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
    await system.until(
      id,
      ({ state }) => state.status === "in_progress" && state.phase === "polling",
    );
    await first[Symbol.asyncDispose]();
    const [job] = (await system.queues["task-status"].getDelayed()).filter(({ id }) =>
      id?.startsWith("task-"),
    );
    await job?.remove();
    app.endTasks();

    expect(await reconcile(later(system))).toEqual({ looked: 1, mended: 1 });
    expect(await reconcile(later(system))).toEqual({ looked: 1, mended: 0 });
    await using _ = await system.start();
    expect((await system.until(id, settled)).state).toMatchObject({ status: "completed" });
    expect(app.callsTo("DeleteUsers")).toHaveLength(1);
  });

  test("adds a request's job that is gone, with its subject", async ({ system, app }) => {
    app.seed({ id: "ann" });
    app.fault("DeleteUsers", { kind: "internal_error" });
    const first = await system.start();
    const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
    await expect
      .poll(async () => (await system.queues.delete.getJob(id))?.getState())
      .toBe("delayed");
    await first[Symbol.asyncDispose]();
    await (await system.queues.delete.getJob(id))?.remove();

    expect(await reconcile(later(system))).toEqual({ looked: 1, mended: 1 });
    await using _ = await system.start();
    expect((await system.until(id, settled)).state).toMatchObject({ status: "completed" });
  });

  test("leaves alone what a job is about to move", async ({ system, app }) => {
    app.seed({ id: "ann" });
    app.fault("DeleteUsers", { kind: "internal_error" }, Number.POSITIVE_INFINITY);
    await using _ = await system.start();
    const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
    await expect
      .poll(async () => (await system.queues.delete.getJob(id))?.getState())
      .toBe("delayed");
    expect(await reconcile(later(system))).toEqual({ looked: 1, mended: 0 });
  });
});

test("a worker goes on after an outage of Redis, and nothing is lost", async ({
  ownRedis,
  stream,
  app,
  temporaryDirectory,
}) => {
  const { openSystem } = await import("../helpers/system.ts");
  await using system = await openSystem(ownRedis.url, stream.url, temporaryDirectory);
  const users = app.seedMany(20);
  app.options.tasks.runningMs = 2000;
  await using _ = await system.start(shortLocks(system));
  const ids = await Promise.all(
    users.map((userId) => system.producer.requestDelete({ subject: { userId } })),
  );
  await expect.poll(() => app.callsTo("DeleteUsers").length).toBeGreaterThan(0);
  await ownRedis.kill("SIGKILL");
  await ownRedis.restart();
  for (const id of ids) {
    expect((await system.until(id, settled)).state).toMatchObject({ status: "completed" });
  }
});

test("a worker told to stop while Stream hangs exits in its time, whatever it is doing", async ({
  system,
  redisUrl,
  app,
}) => {
  app.seed({ id: "ann" }, { id: "bob" });
  app.fault("ExportUsers", { kind: "hang" }, Number.POSITIVE_INFINITY);
  const env = { STREAM_VERIFICATION: '{"delaySeconds":0}', SHUTDOWN_SECONDS: "1" };
  await using stopped = runMain(["worker"], { ...system.variables, ...env, REDIS_URL: redisUrl });
  const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
  await expect.poll(() => app.callsTo("ExportUsers").length, { timeout: 10_000 }).toBe(1);
  const before = Date.now();
  stopped.kill("SIGTERM");
  expect(await stopped.exit).toMatchObject({ code: 0 });
  expect(Date.now() - before).toBeLessThan(6000);
  const job = (await system.queues["task-status"].getJobs(["wait", "prioritized", "delayed"])).find(
    ({ id }) => id?.startsWith("task-"),
  );
  expect(job).toBeDefined();
  expect((await system.record(id))?.state).toMatchObject({ phase: "verifying" });
});

import { describe, expect } from "vitest";
import { DEFAULT_APP } from "../../emulator/settings.ts";
import { openProducer } from "../../src/queues/producer.ts";
import { settled, test } from "../helpers/system.ts";

describe("a job that is not a valid request", () => {
  test.for([
    ["a stale version", { version: 0, requestId: "r-1", subject: { userId: "ann" } }, "version"],
    ["no subject", { version: 1, requestId: "r-1" }, "subject"],
    [
      "a field too many",
      { version: 1, requestId: "r-1", subject: { userId: "ann" }, ann: 1 },
      "remove ann",
    ],
    ["an id that climbs", { version: 1, requestId: "r-1", subject: { userId: ".." } }, "subject"],
  ] as const)(
    "fails at once, without retry, the field named: %s",
    async ([, data, field], { system, worker: _, app }) => {
      app.clearCalls();
      await system.queues.delete.add("x", data as never, { jobId: "r-1", attempts: 5 });
      await expect
        .poll(async () => (await system.queues.delete.getJob("r-1"))?.failedReason)
        .toMatch(/^invalid_payload: /);
      const job = await system.queues.delete.getJob("r-1");
      expect(job?.failedReason).toContain(field);
      expect(job?.attemptsMade).toBe(1);
      expect(await job?.getState()).toBe("failed");
      expect(app.calls).toEqual([]);
    },
  );

  test("fails in every queue, whatever it is", async ({ system, worker: _ }) => {
    for (const queue of Object.values(system.queues).slice(0, 3)) {
      for (const data of [{}, [], "ann", null]) await queue.add("x", data as never);
      await expect.poll(() => queue.getFailedCount()).toBe(4);
    }
  });
});

describe("a request for a connection", () => {
  test("that does not exist fails, and says so", async ({ system, worker: _ }) => {
    const id = await system.producer.requestDelete({
      connection: "atlantis",
      subject: { userId: "ann" },
    });
    const { state } = await system.until(id, settled);
    expect(state).toMatchObject({ status: "failed", reason: "unknown_connection" });
    expect(state).toHaveProperty("message", expect.stringContaining("atlantis"));
  });

  test("that Stream refuses waits for a human, and spends no attempt", async ({
    system,
    worker: _,
    app,
  }) => {
    app.options.suspended = true;
    const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
    const held = await system.until(id, ({ state }) => state.status === "action_required");
    expect(held.state).toMatchObject({ reason: "app_suspended" });
    await expect
      .poll(async () => (await system.queues.delete.getJob(id))?.getState())
      .toBe("delayed");
    expect((await system.queues.delete.getJob(id))?.attemptsMade).toBe(0);

    app.options.suspended = false;
    app.seed({ id: "ann" });
    await (await system.queues.delete.getJob(id))?.promote();
    expect((await system.until(id, settled)).state).toMatchObject({ status: "completed" });
  });

  test("that Stream refuses while a task is followed waits too, and goes on", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann" });
    app.options.tasks.stuck = true;
    const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
    await system.until(
      id,
      ({ state }) => state.status === "in_progress" && state.phase === "polling",
    );
    app.options.suspended = true;
    await system.until(id, ({ state }) => state.status === "action_required");
    app.options.suspended = false;
    app.endTasks();
    const [job] = await system.queues["task-status"].getDelayed();
    for (const delayed of await system.queues["task-status"].getDelayed()) {
      if (delayed.id?.startsWith("task-")) await delayed.promote();
    }
    expect(job).toBeDefined();
    expect((await system.until(id, settled)).state).toMatchObject({ status: "completed" });
  });
});

describe("a fault of Stream's", () => {
  test.for([
    ["internal_error", 2],
    ["bad_gateway", 2],
    ["request_timeout", 2],
    ["reset", 2],
    ["invalid_body", 2],
  ] as const)(
    "%s costs an attempt and is tried again",
    async ([kind, calls], { system, worker: _, app }) => {
      app.seed({ id: "ann" });
      app.fault("DeleteUsers", { kind });
      const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
      expect((await system.until(id, settled)).state).toMatchObject({ status: "completed" });
      expect(app.callsTo("DeleteUsers")).toHaveLength(calls);
      expect((await system.queues.delete.getJob(id))?.attemptsMade).toBe(2);
    },
  );

  test.for([
    ["with headers", { kind: "rate_limited", retryAfter: 1 }],
    ["with doubled headers", { kind: "rate_limited", headers: "doubled", retryAfter: 1 }],
    ["from the edge, not JSON", { kind: "edge_rate_limited", retryAfter: 1 }],
  ] as const)(
    "429 %s makes the job wait and costs no attempt",
    async ([, fault], { system, worker: _, app }) => {
      app.seed({ id: "ann" });
      app.options.limits = { ...app.options.limits, DeleteUsers: 600 } as never;
      app.options.windowMs = 1000;
      app.fault("DeleteUsers", fault);
      const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
      expect((await system.until(id, settled)).state).toMatchObject({ status: "completed" });
      expect(app.callsTo("DeleteUsers").map(({ status }) => status)).toEqual([429, 201]);
      expect((await system.queues.delete.getJob(id))?.attemptsMade).toBe(1);
    },
  );

  test("that it calls unrecoverable is not tried again", async ({ system, worker: _, app }) => {
    app.seed({ id: "ann" });
    app.fault("DeleteUsers", { kind: "unrecoverable" });
    const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
    expect((await system.until(id, settled)).state).toMatchObject({ status: "failed" });
    expect(app.callsTo("DeleteUsers")).toHaveLength(1);
  });

  test("that outlasts all attempts fails the request, not silently", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann" });
    app.fault("DeleteUsers", { kind: "internal_error" }, Number.POSITIVE_INFINITY);
    const data = { version: 1, requestId: "r-1", subject: { userId: "ann" } };
    await system.queues.delete.add("x", data as never, { jobId: "r-1", attempts: 1 });
    const { state } = await system.until("r-1", settled);
    expect(state).toMatchObject({ status: "failed", reason: "unavailable" });

    app.clearFaults();
    const job = await system.queues.delete.getJob("r-1");
    expect(job?.failedReason).toBe("POST /users/delete answered 500 (code -1)");
    await job?.retry();
    await system.until("r-1", ({ state }) => state.status === "completed");
  });
});

test("a producer fails at once when Redis is away", async ({ ownRedis }) => {
  const producer = await openProducer(ownRedis.url);
  await ownRedis.kill("SIGKILL");
  await expect(producer.requestDelete({ subject: { userId: "ann" } })).rejects.toThrow();
  await producer[Symbol.asyncDispose]();
  await expect(openProducer(ownRedis.url)).rejects.toThrow(/Redis does not answer at redis:/);
});

test("the secret is in no message and no record", async ({ system, worker: _, app }) => {
  app.seed({ id: "ann" });
  app.fault("DeleteUsers", { kind: "reset" }, Number.POSITIVE_INFINITY);
  const data = { version: 1, requestId: "r-1", subject: { userId: "ann" } };
  await system.queues.delete.add("x", data as never, { jobId: "r-1", attempts: 1 });
  await system.until("r-1", settled);
  const job = await system.queues.delete.getJob("r-1");
  const text = JSON.stringify([job, await system.record("r-1")]);
  for (const secret of [DEFAULT_APP.apiKey, DEFAULT_APP.apiSecret, "eyJ"]) {
    expect(text).not.toContain(secret);
  }
});

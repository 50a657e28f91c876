import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect } from "vitest";
import { DecisionError, decide } from "../../src/commands/decide.ts";
import { RequestId, UserId } from "../../src/identifiers.ts";
import { claim } from "../../src/requests/claim.ts";
import type { RequestRecord } from "../../src/requests/record.ts";
import { openJournal } from "../../src/worker/journal.ts";
import { openSystem, type System, settled, test } from "../helpers/system.ts";

const id = RequestId.parse("ticket-1");
const request = (system: System) =>
  system.producer.requestDelete({ requestId: id, subject: { userId: "ann" } });
const is =
  (label: string) =>
  ({ history }: RequestRecord): boolean =>
    history.at(-1)?.state === label;
const expectCancelled = async (system: System) => {
  await decide("cancel", id, system);
  const dossier = await system.requests.read(id);
  expect(dossier?.record.state).toMatchObject({ status: "failed", reason: "cancelled" });
  expect(dossier?.personal).toBeNull();
  await expect.poll(() => system.queues.delete.getJobState(id)).toBe("unknown");
};
/** A job of the request comes back, as a retry or sent again, and works nothing. */
const expectNoWork = async (system: System, options: object = {}) => {
  const data = { version: 1, requestId: id, subject: { userId: "ann" } } as never;
  await system.queues.delete.add("delete", data, { jobId: id, ...options });
  await expect
    .poll(async () => (await system.queues.delete.getJob(id))?.returnvalue, { timeout: 5000 })
    .toEqual({ duplicateOf: id, state: "failed/cancelled" });
  await expect
    .poll(async () => (await system.queues.delete.getJob(id))?.data)
    .not.toHaveProperty("subject");
};

describe("cancel ends a request", () => {
  test("that no worker has begun, and whoever sends it again", async ({ system, app }) => {
    app.seed({ id: "ann" });
    await request(system);
    await expectCancelled(system);
    await using _ = await system.start();
    await expectNoWork(system);
    expect(app.callsTo("DeleteUsers")).toEqual([]);
  });

  test("whose connection Stream refuses", async ({ system, worker: _, app }) => {
    app.options.suspended = true;
    const job = await request(system).then(() => system.queues.delete.getJob(id));
    // A user id is looked up on boarding, before the submission is noted.
    await system.until(id, is("action_required/app_suspended"));
    await expectCancelled(system);
    app.options.suspended = false;
    await expectNoWork(system, { timestamp: job?.timestamp });
    expect(app.callsTo("DeleteUsers")).toEqual([]);
  });

  test("that has failed, so that no retry begins it again", async ({ system, worker: _, app }) => {
    app.fault("QueryUsers", { kind: "internal_error" }, Number.POSITIVE_INFINITY);
    const data = { version: 1, requestId: id, subject: { userId: "ann" } } as never;
    const job = await system.queues.delete.add("x", data, { jobId: id, attempts: 1 });
    await system.until(id, settled);
    await expect.poll(() => job.getState()).toBe("failed");
    await expectCancelled(system);
    app.clearFaults();
    app.seed({ id: "ann" });
    await expectNoWork(system, { timestamp: job.timestamp });
    expect(app.callsTo("DeleteUsers")).toEqual([]);
  });

  test("while a worker is at it, whose job then says so", async ({ system, worker: _, app }) => {
    app.seed({ id: "ann" });
    app.options.latencyMs = 3000;
    await request(system);
    await expect.poll(() => app.callsTo("QueryUsers").length, { timeout: 5000 }).toBe(1);
    app.options.latencyMs = 0;
    await decide("cancel", id, system);
    await expect
      .poll(async () => (await system.queues.delete.getJob(id))?.returnvalue, { timeout: 10_000 })
      .toEqual({ duplicateOf: id, state: "failed/cancelled" });
    const job = await system.queues.delete.getJob(id);
    expect(job?.data).not.toHaveProperty("subject");
    await job?.retry("completed");
    await expect.poll(() => job?.getState()).toBe("failed");
    expect(app.callsTo("DeleteUsers")).toEqual([]);
  });
});

describe("in a grace period", () => {
  test.override("env", { STREAM_GUARDS: '{"graceSeconds":3600}' });

  test("cancel works, and can be said again", async ({ system, worker: _, app }) => {
    app.seed({ id: "ann" });
    await request(system);
    await system.until(id, is("in_progress/waiting"));
    await expectCancelled(system);
    await decide("cancel", id, system);
    await expectNoWork(system);
    expect(app.callsTo("DeleteUsers")).toEqual([]);
  });
});

describe("cancel comes too late", () => {
  test("for a request that Stream has accepted, or that has ended", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann" });
    app.options.tasks.stuck = true;
    await request(system);
    await system.until(id, is("in_progress/polling"));
    await expect(decide("cancel", id, system)).rejects.toThrow(/^It is too late to cancel/);
    app.endTasks();
    expect((await system.until(id, settled)).state).toMatchObject({ status: "completed" });
    await expect(decide("cancel", id, system)).rejects.toThrow(/has ended already: it is compl/);
  });

  test("never for one that is unknown, or that exports", async ({ system, worker: _ }) => {
    await expect(decide("cancel", id, system)).rejects.toThrow("No request ticket-1 is known.");
    await system.producer.requestAccess({ requestId: id, subject: { userId: "ann" } });
    await system.until(id, settled);
    await expect(decide("cancel", id, system)).rejects.toThrow(/deletes nobody/);
  });
});

describe("of a cancellation and a submission at the same time exactly one wins", () => {
  test("in the record", async ({ system, redisUrl, stream, temporaryDirectory }) => {
    await using other = await openSystem(redisUrl, stream.url, temporaryDirectory);
    const journal = openJournal(other.requests, Date.now);
    const wins = { cancelled: 0, submitted: 0 };
    for (let n = 0; n < 200; n++) {
      const requestId = RequestId.parse(`race-${n}`);
      const subject = { userId: UserId.parse("ann") };
      const payload = { version: 1, requestId, connection: "default", subject, dryRun: false };
      const owner = `${requestId}@1`;
      const claimed = { type: "delete", payload, subjectHmac: "a", owner } as never;
      await claim(other.requests, claimed, Date.now());
      const [cancelled, submitted] = await Promise.all([
        attempt(() => decide("cancel", requestId, system)),
        sleep(n % 6).then(() => journal.submitting(requestId, [])),
      ]);
      expect(cancelled).not.toBe(submitted);
      wins[cancelled ? "cancelled" : "submitted"]++;
    }
    expect(Math.min(wins.cancelled, wins.submitted)).toBeGreaterThan(0);
  });

  test("with workers: who is cancelled is not in a call", async ({ system, worker: _, app }) => {
    await using _two = await system.start();
    const users = app.seedMany(120);
    const cancelled = await Promise.all(
      users.map(async (userId, n) => {
        const requestId = RequestId.parse(`race-${n}`);
        await system.producer.requestDelete({ requestId, subject: { userId } });
        await sleep(n * 8);
        return attempt(() => decide("cancel", requestId, system));
      }),
    );
    for (const n of users.keys()) {
      const { state } = await system.until(`race-${n}`, settled);
      expect(state).toMatchObject(
        cancelled[n] ? { reason: "cancelled" } : { outcome: "erased_unverified" },
      );
    }
    const submitted = new Set(app.callsTo("DeleteUsers").flatMap(({ userIds }) => userIds ?? []));
    expect(users.map((user) => submitted.has(user))).toEqual(cancelled.map((won) => !won));
  });
});

/** @returns whether it was not too late. */
const attempt = async (step: () => Promise<void>): Promise<boolean> => {
  try {
    await step();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(DecisionError);
    return false;
  }
};

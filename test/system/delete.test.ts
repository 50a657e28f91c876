import { describe, expect } from "vitest";
import { NOTHING } from "../../emulator/remaining.ts";
import { path, settled, test } from "../helpers/system.ts";

const operations = (app: { calls: readonly { operation: string }[] }) =>
  app.calls.map(({ operation }) => operation).filter((operation) => !CHECK.has(operation));
const CHECK = new Set(["GetApp", "GetRateLimits"]);
const looksUntil = (names: string[]) => names.filter((name, at) => name !== names[at - 1]);

describe("a delete request", () => {
  test("erases the whole record and is completed when Stream's task has ended", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed(
      { id: "bob", name: "Bob" },
      {
        id: "ann",
        name: "Ann",
        email: "ann@example.com",
        messages: ["hello", "bye"],
        reactions: 3,
        conversationsWith: ["bob"],
        callsWith: ["bob"],
        files: ["cat.png"],
      },
    );
    app.clearCalls();
    const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
    const record = await system.until(id, settled);

    expect(record.state).toEqual({ status: "completed", outcome: "erased_unverified", users: 1 });
    expect(path(record)).toEqual([
      "in_progress/resolving",
      "in_progress/submitting",
      "in_progress/polling",
      "completed/erased_unverified",
    ]);
    expect(app.remaining("ann")).toEqual(NOTHING);
    expect(app.remaining("bob")).toMatchObject({ visible: true, conversations: 0, calls: 0 });
    expect(looksUntil(operations(app))).toEqual(["QueryUsers", "DeleteUsers", "GetTask"]);
    expect(app.callsTo("DeleteUsers")[0]?.input).toEqual({
      user_ids: ["ann"],
      user: "hard",
      messages: "hard",
      conversations: "hard",
      calls: "hard",
      files: true,
    });
  });

  test("by e-mail erases everybody who has the address, deactivated users too", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed(
      { id: "ann-1", email: "ann@example.com" },
      { id: "ann-2", email: "ann@example.com", deactivated: true },
      { id: "bob", email: "bob@example.com" },
    );
    const id = await system.producer.requestDelete({ subject: { email: "Ann@example.com" } });
    const { state } = await system.until(id, settled);

    expect(state).toEqual({ status: "completed", outcome: "erased_unverified", users: 2 });
    expect(app.callsTo("DeleteUsers").map((call) => call.userIds)).toEqual([["ann-1", "ann-2"]]);
    expect(app.remaining("bob").visible).toBe(true);
  });

  test("for an address that nobody has is a no_match, and deletes nothing", async ({
    system,
    worker: _,
    app,
  }) => {
    const id = await system.producer.requestDelete({ subject: { email: "nobody@example.com" } });
    const { state } = await system.until(id, settled);
    expect(state).toEqual({ status: "completed", outcome: "no_match", users: 0 });
    expect(app.callsTo("DeleteUsers")).toEqual([]);
  });

  test.for(["user_error", "refused_404"] as const)(
    "for an id that never existed is a no_match (Stream answers %s)",
    async (answer, { system, worker: _, app }) => {
      app.options.deletionOfUnknown = answer;
      const id = await system.producer.requestDelete({ subject: { userId: "nobody" } });
      const { state } = await system.until(id, settled);
      expect(state).toEqual({ status: "completed", outcome: "no_match", users: 0 });
    },
  );

  test("erases a soft-deleted user, whom the look-up does not show", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann", name: "Ann", messages: 5, softDeleted: true });
    const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
    const { state } = await system.until(id, settled);
    expect(state).toMatchObject({ outcome: "erased_unverified" });
    expect(app.remaining("ann")).toEqual(NOTHING);
  });

  test("that is a dry run says by count who would be deleted, and deletes nobody", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann-1", email: "ann@example.com" }, { id: "ann-2", email: "ann@example.com" });
    const subject = { email: "ann@example.com" };
    const id = await system.producer.requestDelete({ subject, dryRun: true });
    const { state } = await system.until(id, settled);
    expect(state).toEqual({ status: "completed", outcome: "dry_run", users: 2 });
    expect(app.callsTo("DeleteUsers")).toEqual([]);
    expect(app.remaining("ann-1").visible).toBe(true);
  });

  test("shares one call and one task with others that come at the same time", async ({
    system,
    worker: _,
    app,
  }) => {
    const users = app.seedMany(60);
    const ids = await Promise.all(
      users.map((userId) => system.producer.requestDelete({ subject: { userId } })),
    );
    const records = await Promise.all(ids.map((id) => system.until(id, settled)));
    expect(new Set(records.map(({ state }) => state.status))).toEqual(new Set(["completed"]));
    expect(app.callsTo("DeleteUsers").length).toBeLessThanOrEqual(5);
    const tasks = new Set(app.callsTo("DeleteUsers").map((call) => call.taskId));
    // A job is completed a little after its requests.
    const followed = async () =>
      (await system.queues["task-status"].getCompleted()).flatMap((job) => job.data.taskId ?? []);
    await expect.poll(async () => (await followed()).sort()).toEqual([...tasks].sort());
  });

  test("spoils nothing for the others when Stream refuses its user", async ({
    system,
    worker: _,
    app,
  }) => {
    const users = app.seedMany(8);
    app.failDeletionOf("user-0000003", { kind: "refused", status: 400 });
    const ids = await Promise.all(
      users.map((userId) => system.producer.requestDelete({ subject: { userId } })),
    );
    const records = await Promise.all(ids.map((id) => system.until(id, settled)));
    expect(records.map(({ state }) => state.status)).toEqual(
      users.map((user) => (user === "user-0000003" ? "failed" : "completed")),
    );
    expect(records[3]?.state).toMatchObject({ reason: "invalid_input" });
  });
});

describe("with complete-on-submit", () => {
  test.override("env", { STREAM_ASYNCHRONOUS_DELETION: "complete-on-submit" });

  test("a delete request is completed when Stream has accepted it, and nobody looks at the task", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann" });
    app.options.tasks.stuck = true;
    const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
    const { state } = await system.until(id, settled);
    expect(state).toEqual({ status: "completed", outcome: "submitted_only", users: 1 });
    expect(await system.queues["task-status"].getJobCountByTypes("delayed", "waiting")).toBe(1);
    expect(app.callsTo("GetTask")).toEqual([]);
  });
});

describe("one request id", () => {
  test("is one piece of work, however many jobs name it", async ({ system, worker: _, app }) => {
    app.seed({ id: "ann" });
    const data = { version: 1, requestId: "ticket-1", subject: { userId: "ann" } } as never;
    await system.queues.delete.add("delete", data, { jobId: "ticket-1" });
    await system.queues.delete.add("foreign", data);
    await system.queues.delete.add("foreign", data);
    await system.until("ticket-1", settled);
    expect(app.callsTo("DeleteUsers")).toHaveLength(1);

    const first = await system.queues.delete.getJob("ticket-1");
    await first?.remove();
    const late = await system.queues.delete.add("delete", data, { jobId: "ticket-1" });
    await expect
      .poll(async () => (await system.queues.delete.getJob(late.id ?? ""))?.returnvalue)
      .toEqual({ duplicateOf: "ticket-1", state: "completed/erased_unverified" });
    expect(app.callsTo("DeleteUsers")).toHaveLength(1);
  });

  test("is refused to a different request", async ({ system, worker: _, app }) => {
    app.seed({ id: "ann" }, { id: "bob" });
    await system.producer.requestDelete({ requestId: "ticket-1", subject: { userId: "ann" } });
    await system.until("ticket-1", settled);
    await system.producer.requestAccess({ requestId: "ticket-1", subject: { userId: "ann" } });
    await expect
      .poll(async () => (await system.queues.access.getJob("ticket-1"))?.failedReason)
      .toMatch(/^conflict: /);
    expect(app.callsTo("ExportUser")).toEqual([]);
  });
});

import { describe, expect } from "vitest";
import { actionRequired } from "../../src/commands/action-required.ts";
import { decide } from "../../src/commands/decide.ts";
import { RequestId } from "../../src/identifiers.ts";
import { lookUpRequest } from "../../src/requests/look-up.ts";
import type { RequestRecord } from "../../src/requests/record.ts";
import { path, type System, settled, test } from "../helpers/system.ts";

const id = RequestId.parse("ticket-1");
const twoAnns = [
  { id: "ann-1", email: "ann@example.com" },
  { id: "ann-2", email: "ann@example.com" },
];
const guarded = (guards: object) => ({ STREAM_GUARDS: JSON.stringify(guards) });
const request = (system: System, subject: { userId: string } | { email: string }) =>
  system.producer.requestDelete({ requestId: id, subject });
const byEmail = (system: System) => request(system, { email: "ann@example.com" });
const is =
  (label: string) =>
  ({ history }: RequestRecord): boolean =>
    history.at(-1)?.state === label;
/** No key and no job tells about whom a request was. */
const expectForgotten = async (system: System) => {
  const kept = await system.queues.delete.getJob(id);
  const data = JSON.stringify([await system.requests.read(id), kept?.data ?? null]);
  expect(data).not.toMatch(/ann(-1|-2|@)/);
};
const listed = async (system: System): Promise<string[]> => {
  const lines: string[] = [];
  await actionRequired(system, (line) => lines.push(line));
  return lines;
};
const jobIsGone = (system: System) =>
  expect.poll(() => system.queues.delete.getJobState(id), { timeout: 5000 }).toBe("unknown");

describe("a protected user", () => {
  test.override("env", guarded({ protectedUsers: ["admin", "bot-*", "a.b"] }));

  test.for(["admin", "bot-7", "deleted-user-1", "delete-user-1"])(
    "is not deleted: %s",
    async (userId, { system, worker: _, app }) => {
      app.seed({ id: userId });
      await request(system, { userId });
      const { state } = await system.until(id, settled);
      expect(state).toMatchObject({ status: "failed", reason: "protected_user" });
      expect(state).toHaveProperty("message", expect.stringMatching(/^1 of the 1 users/));
      expect(JSON.stringify(state)).not.toContain(userId);
      expect(app.callsTo("DeleteUsers")).toEqual([]);
    },
  );

  test.for(["admin2", "Admin", "a-bot-7", "aXb"])(
    "is not one whose id is like it: %s",
    async (userId, { system, worker: _, app }) => {
      app.seed({ id: userId });
      await request(system, { userId });
      expect((await system.until(id, settled)).state).toMatchObject({ status: "completed" });
    },
  );

  test("protects all others of its request, and says so in a dry run", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed(...twoAnns, { id: "bot-1", email: "ann@example.com" });
    await byEmail(system);
    const { state } = await system.until(id, settled);
    expect(state).toHaveProperty("message", expect.stringMatching(/^1 of the 3 users/));
    const subject = { email: "ann@example.com" };
    const dry = await system.producer.requestDelete({ subject, dryRun: true });
    expect((await system.until(dry, settled)).state).toMatchObject({ reason: "protected_user" });
    expect(app.callsTo("DeleteUsers")).toEqual([]);
  });
});

describe("with a ceiling on users", () => {
  test.override("env", guarded({ mostUsers: 1 }));

  test("a request that leads to more deletes nobody", async ({ system, worker: _, app }) => {
    app.seed(...twoAnns);
    await byEmail(system);
    const { state } = await system.until(id, settled);
    expect(state).toMatchObject({ status: "failed", reason: "too_many_users" });
    expect(state).toHaveProperty("message", expect.stringMatching(/2 users and mostUsers is 1/));
    expect(app.callsTo("DeleteUsers")).toEqual([]);
  });
});

describe("with review of several matches", () => {
  test.override("env", guarded({ onSeveralMatches: "review" }));
  const inReview = is("action_required/several_matches");

  test("approve deletes those who were found, soon", async ({ system, worker: _, app }) => {
    app.seed(...twoAnns);
    await byEmail(system);
    const { state } = await system.until(id, inReview);
    expect(state).toHaveProperty("message", expect.stringContaining("2 users"));
    expect(app.callsTo("DeleteUsers")).toEqual([]);
    expect(await lookUpRequest(id, system)).toMatchObject({ users: 2 });
    expect(await listed(system)).toEqual([
      expect.stringMatching(/^\S+Z +ticket-1 +delete +default +several_matches: The identifier/),
    ]);

    app.seed({ id: "ann-3", email: "ann@example.com" });
    await decide("approve", id, system);
    const record = await system.until(id, settled);
    expect(record.state).toMatchObject({ status: "completed", users: 2 });
    expect(path(record).slice(1, 4)).toEqual([
      "action_required/several_matches",
      "in_progress/waiting",
      "in_progress/submitting",
    ]);
    expect(app.callsTo("DeleteUsers").map(({ userIds }) => userIds)).toEqual([["ann-1", "ann-2"]]);
    await expect(decide("approve", id, system)).rejects.toThrow(/does not wait for approval/);
    expect(await listed(system)).toEqual(["No request waits for a human."]);
  });

  test("refuse ends the request for good", async ({ system, worker: _, app }) => {
    app.seed(...twoAnns);
    await byEmail(system);
    await system.until(id, inReview);
    await decide("refuse", id, system);
    expect((await system.record(id))?.state).toMatchObject({ reason: "not_approved" });
    await jobIsGone(system);
    await expectForgotten(system);
    await expect(decide("approve", id, system)).rejects.toThrow("failed/not_approved");

    await byEmail(system);
    await expect
      .poll(async () => (await system.queues.delete.getJob(id))?.returnvalue)
      .toEqual({ duplicateOf: id, state: "failed/not_approved" });
    expect(app.callsTo("DeleteUsers")).toEqual([]);
  });

  test("cancel works as well", async ({ system, worker: _, app }) => {
    app.seed(...twoAnns);
    await byEmail(system);
    await system.until(id, inReview);
    await decide("cancel", id, system);
    await jobIsGone(system);
    expect(app.callsTo("DeleteUsers")).toEqual([]);
  });

  test("one user needs nobody's approval", async ({ system, worker: _, app }) => {
    app.seed({ id: "ann", email: "ann@example.com" });
    await byEmail(system);
    expect((await system.until(id, settled)).state).toMatchObject({ status: "completed" });
    await expect(decide("refuse", id, system)).rejects.toThrow(/does not wait for approval/);
  });
});

describe("with a grace period", () => {
  test.override("env", guarded({ graceSeconds: 1 }));

  test("users are deleted when it is over, not before", async ({ system, worker: _, app }) => {
    app.seed({ id: "ann" });
    await request(system, { userId: "ann" });
    await system.until(id, is("in_progress/waiting"));
    expect(app.callsTo("DeleteUsers")).toEqual([]);
    await expect.poll(() => system.queues.delete.getJobState(id)).toBe("delayed");
    await (await system.queues.delete.getJob(id))?.promote();

    const { state, history } = await system.until(id, settled);
    expect(state).toMatchObject({ status: "completed" });
    const at = (label: string) =>
      Date.parse(history.find((entry) => entry.state === label)?.at ?? "");
    const waited = at("in_progress/submitting") - at("in_progress/waiting");
    expect(waited).toBeGreaterThanOrEqual(1000);
  });
});

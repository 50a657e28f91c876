import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { label } from "../../src/requests/record.ts";
import type { DataSetExport, Manifest } from "../../src/results/manifest.ts";
import { openSystem, type System, settled, test } from "../helpers/system.ts";

/** Something of everything: two of each set that counts. */
const ANN = {
  id: "ann",
  name: "Ann",
  messages: 2,
  devices: ["phone", "tablet"],
  groups: ["general", "music"],
  groupCalls: ["standup", "retro"],
  feedActivities: 3,
  ...{ blocks: 2, drafts: 2, reminders: 2, polls: 2, votes: 2, threads: 2, liveLocations: 2 },
  ...{ bans: 2, flags: 2, reviewQueue: 2, appeals: 2, moderationLogs: 2 },
  ...{ recordings: 1, transcriptions: 1 },
};

const exported = async (system: System, subject: { userId: string } | { email: string }) => {
  const id = await system.producer.requestAccess({ subject });
  const record = await system.until(id, settled);
  const place = join(system.config.results.directory, id);
  const read = (file: string) => readFile(join(place, file), "utf8");
  const manifest: Manifest = JSON.parse(await read("manifest.json"));
  const sets = manifest.users.flatMap((user) => ("dataSets" in user ? user.dataSets : []));
  const set = (name: string) => sets.find((one) => one.name === name);
  return { record, place, manifest, sets, set, read };
};

const everything = { STREAM_PRODUCTS: "chat,feeds,video" };
const denied = (operation: string, status: string) => ({ operation, status });

describe("an access request of every product", () => {
  test.override("env", everything);

  test("has each data set in a file of its own, as Stream sent it", async ({
    app,
    system,
    worker: _,
  }) => {
    app.seed({ id: "bob" }, ANN);
    const { record, manifest, sets, read, place } = await exported(system, { userId: "ann" });

    expect(record.state).toEqual({ status: "completed", outcome: "exported", users: 1 });
    expect(manifest.complete).toBe(true);
    expect(Object.fromEntries(sets.map(({ name, status }) => [name, status]))).toEqual(
      Object.fromEntries(sets.map(({ name }) => [name, "complete"])),
    );
    const records = sets.map((set) => [set.name, "records" in set ? set.records : 0]);
    expect(Object.fromEntries(records)).toEqual({
      ...{
        devices: 2,
        blocks: 2,
        memberships: 2,
        drafts: 2,
        reminders: 2,
        polls: 2,
        poll_votes: 2,
      },
      ...{ threads: 2, live_locations: 2, bans: 2, flags: 2, review_queue: 2, appeals: 2 },
      ...{ moderation_logs: 2, calls: 2, recordings: 2, transcriptions: 2, feeds: 4 },
    });
    for (const set of sets) {
      if (!("file" in set)) throw new Error(`${set.name} has no file`);
      const text = await read(set.file);
      expect(set.sha256).toBe(createHash("sha256").update(text).digest("hex"));
      expect(set.bytes).toBe(Buffer.byteLength(text));
    }
    expect(await read("user-1.drafts.ndjson")).toMatch(/"created_at":\d{19}[,}]/);
    expect(await readdir(place)).toHaveLength(sets.length + 3);
    // Votes are within polls, recordings and transcriptions within calls: those are listed once.
    for (const outer of ["QueryPolls", "QueryCalls"] as const) {
      expect(app.callsTo(outer)).toHaveLength(1);
    }
  });

  test("shows all of it on the page, and says what is not covered", async ({
    app,
    system,
    worker: _,
  }) => {
    app.seed({ id: "bob" }, ANN);
    const { manifest, read } = await exported(system, { userId: "ann" });

    const page = await read("index.html");
    expect(page).toContain('<a href="#user-1.drafts">Drafts</a>');
    expect(page).toContain("What I never sent");
    expect(page).toContain("ann-activity-2");
    for (const part of manifest.notCovered) expect(page).toContain(part.replaceAll("'", "&#39;"));
    expect(page).toContain("user-1.calls.ndjson");
  });

  test("leaves no file for what is empty", async ({ app, system, worker: _ }) => {
    app.options.exportOfEmptyFeeds = "not_found";
    app.seed({ id: "bob", name: "Bob" });
    const { record, sets, place } = await exported(system, { userId: "bob" });

    expect(record.state).toMatchObject({ outcome: "exported" });
    expect(sets.every(({ status }) => status === "empty")).toBe(true);
    expect((await readdir(place)).sort()).toEqual(["index.html", "manifest.json", "user-1.json"]);
  });

  test("keeps other people's members and messages out", async ({ app, system, worker: _ }) => {
    app.seed({ id: "bob", name: "Bob Secret", messages: ["Only mine"], groups: ["general"] });
    app.seed({ id: "ann", groups: ["general"], conversationsWith: ["bob"] });
    const { read } = await exported(system, { userId: "ann" });

    const channels = await read("user-1.memberships.ndjson");
    expect(channels).toContain("messaging:general");
    expect(channels).not.toContain("Only mine");
    expect(JSON.parse(channels.split("\n")[0] ?? "").channels).toMatchObject([
      { members: [], messages: [] },
      { members: [], messages: [] },
    ]);
  });
});

describe("a data set that Stream does not give", () => {
  test("is named as not covered, and the rest is exported", async ({ app, system, worker: _ }) => {
    app.options.denied = ["QueryAppeals", "QueryDrafts"];
    app.seed({ ...ANN, conversationsWith: [] });
    const { record, manifest, set } = await exported(system, { userId: "ann" });

    expect(record.state).toMatchObject({
      outcome: "partially_exported",
      detail: "Stream does not give: drafts, appeals",
    });
    expect(manifest.complete).toBe(false);
    expect(set("appeals")).toMatchObject(denied("QueryAppeals", "not_covered"));
    expect(set("drafts")).toHaveProperty("why", expect.stringContaining("(permission_missing)"));
    expect(set("polls")).toMatchObject({ status: "complete", records: 2 });
  });

  test("holds nobody up whose connection leaves it out", async ({
    app,
    stream,
    redisUrl,
    temporaryDirectory,
  }) => {
    await using system = await openSystem(redisUrl, stream.url, temporaryDirectory, {
      STREAM_SKIP_DATA_SETS: "appeals,flags",
    });
    await using _worker = await system.start();
    app.seed(ANN);
    const { record, set } = await exported(system, { userId: "ann" });

    expect(record.state).toMatchObject({ outcome: "exported" });
    expect(set("appeals")).toMatchObject(denied("QueryAppeals", "skipped"));
    expect(app.callsTo("QueryAppeals")).toEqual([]);
  });

  test("because Stream is away for a moment is read when it is back", async ({
    app,
    system,
    worker: _,
  }) => {
    app.fault("QueryPolls", { kind: "internal_error" });
    app.seed(ANN);
    const { record, set } = await exported(system, { userId: "ann" });

    expect(record.state).toMatchObject({ outcome: "exported" });
    expect(set("polls")).toMatchObject({ status: "complete" });
  });
});

describe("a long data set", () => {
  test("is read page by page", async ({ app, system, worker: _ }) => {
    app.seed({ id: "ann", drafts: 205 });
    const { set, read } = await exported(system, { userId: "ann" });

    expect(set("drafts")).toMatchObject({ status: "complete", records: 205 });
    const lines = (await read("user-1.drafts.ndjson")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).drafts.length)).toEqual([100, 100, 5]);
    expect(await read("index.html")).toContain("Drafts <small>205</small>");
  });

  test("of which Stream lists only a part is truncated", async ({ app, system, worker: _ }) => {
    app.seed({ id: "ann", groups: Array.from({ length: 1100 }, (_, index) => `group-${index}`) });
    const { record, set } = await exported(system, { userId: "ann" });

    expect(set("memberships")).toMatchObject({ status: "truncated", records: 1020 });
    expect(record.state).toMatchObject({
      outcome: "exported_truncated",
      detail: "Stream gives only a part of: memberships",
    });
  });
});

describe("feeds", () => {
  test.override("env", { STREAM_PRODUCTS: "chat,feeds" });

  test("whose task fails fail the request; a retry begins only them anew", async ({
    app,
    system,
    worker: _,
  }) => {
    app.failTasks({ kind: "failed" }, 1, "ExportFeedUserData");
    app.seed({ id: "ann", feedActivities: 2 });
    const id = await system.producer.requestAccess({ subject: { userId: "ann" } });
    const failed = await system.until(id, settled);
    expect(failed.state).toMatchObject({ status: "failed", reason: "step_failed" });
    expect(failed.steps).toMatchObject([{ name: "feeds", state: "failed" }]);

    // The job has failed a little after its request.
    await expect.poll(() => system.queues.access.getFailedCount()).toBe(1);
    await (await system.queues.access.getJob(id))?.retry();
    const record = await system.until(id, ({ state }) => state.status === "completed");
    expect(record.state).toMatchObject({ outcome: "exported" });
    expect(app.callsTo("ExportFeedUserData")).toHaveLength(2);
    expect(app.callsTo("ExportUser")).toHaveLength(1);
  });

  test("come with a user who is too large for the synchronous export", async ({
    app,
    system,
    worker: _,
  }) => {
    const email = "family@example.com";
    app.seed(
      { id: "eva", email, messages: 10_001, feedActivities: 2, drafts: 1 },
      { id: "finn", email, messages: 1, feedActivities: 1 },
    );
    const { record, manifest } = await exported(system, { email });

    expect(record.state).toMatchObject({ outcome: "exported_truncated", users: 2 });
    const records = manifest.users.map((user) =>
      "dataSets" in user ? user.dataSets.filter(isFull).map(({ name }) => name) : [],
    );
    expect(records).toEqual([["feeds", "drafts"], ["feeds"]]);
    expect(app.callsTo("ExportFeedUserData")).toHaveLength(2);
  });

  test("whose task Stream has forgotten meanwhile are exported again", async ({
    app,
    system,
    worker: _,
  }) => {
    app.seed({ id: "ann", messages: 10_001, feedActivities: 2 });
    app.failTasks({ kind: "never_ends" }, 1, "ExportUsers");
    const id = await system.producer.requestAccess({ subject: { userId: "ann" } });
    const { steps } = await system.until(id, ({ state }) => label(state) === "in_progress/polling");
    app.forgetTask(steps[0]?.tasks[0] ?? "");
    app.endTasks();

    const record = await system.until(id, settled);
    expect(record.state).toMatchObject({ outcome: "exported_truncated" });
    expect(app.callsTo("ExportFeedUserData")).toHaveLength(2);
  });
});

const isFull = (set: DataSetExport): boolean => "file" in set;

test("no personal data is in the record, nor in what the job returns", async ({
  app,
  system,
  worker: _,
}) => {
  app.seed(ANN);
  const { record } = await exported(system, { userId: "ann" });

  const job = await system.queues.access.getJob(record.requestId);
  const kept = JSON.stringify([record, job?.returnvalue, job?.data, job?.stacktrace]);
  expect(kept).not.toMatch(/\bann\b|phone|tablet/i);
});

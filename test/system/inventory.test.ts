import { describe, expect } from "vitest";
import { path, settled, test } from "../helpers/system.ts";

const ANN = {
  id: "ann",
  messages: 7,
  reactions: 3,
  conversationsWith: ["bob"],
  groups: ["general", "music"],
  devices: ["phone", "tablet"],
  drafts: 2,
  bans: 1,
  callsWith: ["bob"],
  groupCalls: ["standup"],
  recordings: 2,
};

describe("a dry run", () => {
  test("counts what there is, and touches none of it", async ({ app, system, worker: _ }) => {
    app.seed({ id: "bob" }, ANN);
    const before = app.remaining("ann");
    const id = await system.producer.requestDelete({ subject: { userId: "ann" }, dryRun: true });

    const record = await system.until(id, settled);
    expect(record.state).toEqual({ status: "completed", outcome: "dry_run", users: 1 });
    expect(record.inventory).toMatchObject({
      counts: {
        users: 1,
        messages: 8,
        reactions: 3,
        memberships: 3,
        conversations: 1,
        devices: 2,
        drafts: 2,
        bans: 1,
        polls: 0,
      },
      atLeast: [],
      notRead: [],
      alsoOthers: { conversations: 1 },
      remains: { group_channels: 2 },
    });
    expect(app.remaining("ann")).toEqual(before);
    expect(app.callsTo("DeleteUsers")).toEqual([]);
  });

  test("adds up the users of an address", async ({ app, system, worker: _ }) => {
    const email = "family@example.com";
    app.seed({ id: "eva", email, messages: 2 }, { id: "finn", email, messages: 3, drafts: 1 });
    const id = await system.producer.requestDelete({ subject: { email }, dryRun: true });

    const { inventory } = await system.until(id, settled);
    expect(inventory?.counts).toMatchObject({ users: 2, messages: 5, drafts: 1 });
  });

  test("names what Stream does not give, and counts the rest", async ({
    app,
    system,
    worker: _,
  }) => {
    app.options.denied = ["QueryAppeals"];
    app.seed({ id: "grace", messages: 10_001, drafts: 1 });
    const id = await system.producer.requestDelete({ subject: { userId: "grace" }, dryRun: true });

    const { inventory } = await system.until(id, settled);
    expect(inventory?.notRead).toEqual(["messages", "reactions", "appeals"]);
    expect(inventory?.counts).toMatchObject({ users: 1, drafts: 1 });
  });

  test("of nobody finds nothing", async ({ system, worker: _ }) => {
    const id = await system.producer.requestDelete({ subject: { userId: "nobody" }, dryRun: true });

    const { state, inventory } = await system.until(id, settled);
    expect(state).toEqual({ status: "completed", outcome: "dry_run", users: 0 });
    expect(inventory?.counts.users).toBe(0);
    expect(Object.values(inventory?.counts ?? {}).every((count) => count === 0)).toBe(true);
  });
});

describe("what goes and what stays of calls", () => {
  const kept = { STREAM_PRODUCTS: "chat,video" };
  test.override("env", kept);
  test("group calls stay unless the connection deletes them", async ({
    app,
    system,
    worker: _,
  }) => {
    app.seed({ id: "bob" }, ANN);
    const id = await system.producer.requestDelete({ subject: { userId: "ann" }, dryRun: true });

    const { inventory } = await system.until(id, settled);
    expect(inventory?.counts).toMatchObject({ calls: 2, one_to_one_calls: 1, recordings: 2 });
    expect(inventory?.alsoOthers).toEqual({ conversations: 1, one_to_one_calls: 1 });
    expect(inventory?.remains).toEqual({ group_channels: 2, group_calls: 1, recordings: 2 });
  });
});

describe("feeds", () => {
  test.override("env", { STREAM_PRODUCTS: "chat,feeds" });

  test("are counted in an export of theirs", async ({ app, system, worker: _ }) => {
    app.seed({ id: "ann", feedActivities: 4 });
    const id = await system.producer.requestDelete({ subject: { userId: "ann" }, dryRun: true });

    const { inventory, steps } = await system.until(id, settled);
    expect(inventory).toMatchObject({ counts: { users: 1, feeds: 4 }, notRead: [] });
    expect(steps).toMatchObject([{ name: "feeds_count", state: "done" }]);
    expect(app.remaining("ann").feedActivities).toBe(4);
  });

  test("that Stream cannot export are not counted", async ({ app, system, worker: _ }) => {
    app.failTasks({ kind: "failed" }, 1, "ExportFeedUserData");
    app.seed({ id: "ann", feedActivities: 4 });
    const id = await system.producer.requestDelete({ subject: { userId: "ann" }, dryRun: true });

    const { state, inventory } = await system.until(id, settled);
    expect(state).toMatchObject({ outcome: "dry_run" });
    expect(inventory?.notRead).toEqual(["feeds"]);
    expect(inventory?.counts).not.toHaveProperty("feeds");
  });
});

describe("a connection that counts always", () => {
  test.override("env", { STREAM_INVENTORY: "always" });

  test("counts before it deletes, once", async ({ app, system, worker: _ }) => {
    app.seed({ id: "bob" }, ANN);
    const id = await system.producer.requestDelete({ subject: { userId: "ann" } });

    const record = await system.until(id, settled);
    expect(record.state).toMatchObject({ outcome: "erased_unverified" });
    expect(record.inventory?.counts).toMatchObject({ messages: 8, devices: 2 });
    const operations = app.calls.map(({ operation }) => operation);
    expect(operations.filter((operation) => operation === "ExportUser")).toHaveLength(1);
    expect(operations.indexOf("ExportUser")).toBeLessThan(operations.indexOf("DeleteUsers"));
    expect(path(record).at(-1)).toBe("completed/erased_unverified");
  });
});

test("an ordinary deletion is not slowed by counting", async ({ app, system, worker: _ }) => {
  app.seed({ id: "ann", messages: 1 });
  const id = await system.producer.requestDelete({ subject: { userId: "ann" } });

  expect((await system.until(id, settled)).inventory).toBeNull();
  expect(app.callsTo("ExportUser")).toEqual([]);
});

import { expect } from "vitest";
import { NOTHING } from "../../emulator/remaining.ts";
import { test as base } from "./fixture.ts";

const ANN = {
  id: "ann",
  name: "Ann",
  email: "ann@a.example",
  messages: ["hi", "yo"],
  reactions: 3,
  conversationsWith: ["bob"],
  callsWith: ["bob"],
  groups: ["general"],
  owns: ["football"],
  devices: ["phone"],
  files: ["cv.pdf"],
};
const STORED = {
  ...NOTHING,
  visible: true,
  profile: true,
  messages: 3,
  reactions: 3,
  conversations: 1,
  memberships: 2,
  ownedChannels: 1,
  calls: 1,
  devices: 1,
  files: 1,
};
const WHOLE = { user: "hard", messages: "hard", conversations: "hard", calls: "hard", files: true };

const test = base
  .extend("people", { auto: true }, async ({ app }) => {
    app.seed({ id: "bob", name: "Bob" }, ANN);
  })
  .extend("remove", ({ app, post }) => async (options: object, user_ids: string[] = ["ann"]) => {
    const { body } = await post("/users/delete", { user_ids, ...options });
    app.endTasks();
    return body.task_id;
  })
  .extend(
    "results",
    ({ send }) =>
      async (task: string) =>
        (await send(`/tasks/${task}`)).body.result,
  );

test("hides a user at once and erases it when the task ends", async ({
  app,
  clock,
  send,
  post,
}) => {
  expect(app.remaining("ann")).toEqual(STORED);
  const { status, body } = await post("/users/delete", { user_ids: ["ann"], ...WHOLE });
  expect(status).toBe(201);
  expect(app.remaining("ann")).toEqual({ ...STORED, visible: false });
  const payload = JSON.stringify({ filter_conditions: {} });
  expect((await send("/users", { query: { payload } })).body.users).toMatchObject([{ id: "bob" }]);
  expect((await send("/users/ann/export")).status).toBe(404);
  clock.advance(1_000);
  expect(app.remaining("ann")).toEqual(NOTHING);
  expect((await send(`/tasks/${body.task_id}`)).body).toMatchObject({
    status: "completed",
    result: { ann: { status: "ok" } },
  });
});

test("takes the other side's messages along with a one-to-one channel", async ({ app, remove }) => {
  expect(app.remaining("bob")).toMatchObject({ messages: 1, conversations: 1, calls: 1 });
  await remove(WHOLE);
  expect(app.remaining("bob")).toMatchObject({ messages: 0, conversations: 0, calls: 0 });
});

test.for<[object, object]>([
  [{}, { ...STORED, visible: false, memberships: 0 }],
  [
    { user: "soft", messages: "hard" },
    { ...STORED, visible: false, memberships: 0, messages: 0, reactions: 0 },
  ],
  [{ user: "hard" }, { ...NOTHING, messages: 3, reactions: 3, files: 1, calls: 1 }],
  [
    { ...WHOLE, files: false },
    { ...NOTHING, files: 1 },
  ],
  [
    { ...WHOLE, calls: undefined },
    { ...NOTHING, calls: 1 },
  ],
  [
    { user: "pruning", messages: "pruning" },
    {
      ...STORED,
      visible: false,
      profile: false,
      messages: 0,
      reactions: 0,
      memberships: 0,
      devices: 0,
    },
  ],
  [
    { user: "soft", messages: "soft", conversations: "soft" },
    { ...STORED, visible: false, memberships: 0 },
  ],
])("erases no more than %j asks for", async ([options, left], { app, remove }) => {
  await remove(options);
  expect(app.remaining("ann")).toEqual(left);
});

test("leaves feeds data to the feeds call, and that one all else", async ({
  app,
  post,
  remove,
}) => {
  app.seed({ ...ANN, feedActivities: 4 });
  await post("/feeds/users/ann/delete", { hard_delete: true });
  app.endTasks();
  expect(app.remaining("ann")).toEqual(STORED);
  app.seed({ ...ANN, feedActivities: 4 });
  await remove(WHOLE);
  expect(app.remaining("ann")).toEqual({ ...NOTHING, feedActivities: 4 });
  await post("/feeds/users/ann/delete", { hard_delete: true });
  app.endTasks();
  expect(app.remaining("ann")).toEqual(NOTHING);
});

test("hands channels to the new owner", async ({ app, remove }) => {
  await remove({ ...WHOLE, new_channel_owner_id: "bob" });
  expect(app.remaining("bob").ownedChannels).toBe(1);
});

test.for<[string, object]>([
  ["no ids", { user_ids: [] }],
  ["101 ids", { user_ids: Array(101).fill("ann") }],
  ["an id that cannot be", { user_ids: ["a/b"] }],
  ["an unknown mode", { user_ids: ["ann"], user: "firm" }],
  ["pruned conversations", { user_ids: ["ann"], conversations: "pruning" }],
  ["files that are no boolean", { user_ids: ["ann"], files: "yes" }],
  ["hard users with soft messages", { user_ids: ["ann"], user: "hard", messages: "soft" }],
])("refuses %s", async ([, body], { app, post }) => {
  expect((await post("/users/delete", body)).body).toMatchObject({ code: 4, StatusCode: 400 });
  expect(app.remaining("ann").visible).toBe(true);
});

test("demands hard for all once it is strict", async ({ app, post }) => {
  app.options.strictHardDeletion = true;
  expect((await post("/users/delete", { user_ids: ["ann"], user: "hard" })).status).toBe(400);
  expect((await post("/users/delete", { user_ids: ["ann"], ...WHOLE })).status).toBe(201);
});

test("has four answers to ids that never existed", async ({ app, post, remove, results }) => {
  const ids = ["ann", "nobody"];
  const text = { status: "error", error: "user not found" };
  expect((await results(await remove({}, ids))).nobody).toEqual(text);
  app.options.deletionOfUnknown = "ok";
  expect((await results(await remove({}, ids))).nobody).toEqual({ status: "ok" });
  app.options.deletionOfUnknown = "refused_404";
  expect((await post("/users/delete", { user_ids: ids })).body).toMatchObject({ code: 16 });
  app.options.deletionOfUnknown = "refused_400";
  expect((await post("/users/delete", { user_ids: ids })).body).toMatchObject({ code: 4 });
});

test("starts a new task for each request, also for erased users", async ({ remove, results }) => {
  const tasks = [await remove(WHOLE), await remove(WHOLE)] as const;
  expect(tasks[0]).not.toBe(tasks[1]);
  expect(await results(tasks[1])).toEqual({ ann: { status: "ok" } });
});

test("never frees the id of a deleted user", async ({ post, remove }) => {
  const upsert = async () => (await post("/users", { users: { ann: { id: "ann" } } })).body.message;
  await remove({});
  expect(await upsert()).toContain("the user ann was deleted");
  await remove(WHOLE);
  expect(await upsert()).toContain("the user ann was deleted");
});

test("restores soft-deleted users only", async ({ app, post, remove }) => {
  const restore = () => post("/users/restore", { user_ids: ["ann"] });
  expect((await restore()).body.message).toBe(
    'RestoreUsers failed with error: "user "ann" is not deleted, it can\'t be restored"',
  );
  await remove({});
  expect((await restore()).status).toBe(201);
  expect(app.remaining("ann")).toMatchObject({ visible: true, profile: true, memberships: 0 });
  await remove(WHOLE);
  expect((await restore()).status).toBe(400);
});

test("refuses, spares or fails for one user until that is lifted", async ({
  app,
  post,
  remove,
  results,
  send,
}) => {
  const ids = ["bob", "ann"];
  app.failDeletionOf("ann", { kind: "refused", status: 404 });
  expect((await post("/users/delete", { user_ids: ids, ...WHOLE })).status).toBe(404);
  expect(app.remaining("bob").visible).toBe(true);
  app.failDeletionOf("ann", { kind: "task_failed" });
  expect((await send(`/tasks/${await remove(WHOLE, ids)}`)).body.status).toBe("failed");
  expect(app.remaining("bob").profile).toBe(true);
  app.failDeletionOf("ann", { kind: "user_error", text: "too busy" });
  expect(await results(await remove(WHOLE, ids))).toEqual({
    bob: { status: "ok" },
    ann: { status: "error", error: "too busy" },
  });
  expect([app.remaining("ann").profile, app.remaining("bob").profile]).toEqual([true, false]);
  app.failDeletionOf("ann", undefined);
  await remove(WHOLE);
  expect(app.remaining("ann")).toEqual(NOTHING);
});

test("lists and deletes devices", async ({ app, send }) => {
  const query = { user_id: "ann" };
  expect((await send("/devices", { query })).body).toMatchObject({ devices: [{ id: "phone" }] });
  await send("/devices", { method: "DELETE", query: { ...query, id: "phone" } });
  expect(app.remaining("ann").devices).toBe(0);
});

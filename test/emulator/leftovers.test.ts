import { expect } from "vitest";
import { NOTHING } from "../../emulator/remaining.ts";
import { test as base, MINUTE, type Send } from "./fixture.ts";

const ANN = {
  id: "ann",
  name: "Ann",
  email: "ann@a.example",
  messages: ["hi", "yo", "ho"],
  reactions: 3,
  devices: ["phone"],
  feedActivities: 4,
};
const WHOLE = { user_ids: ["ann"], user: "hard", messages: "hard", conversations: "hard" };
const GONE = { ...NOTHING, feedActivities: 4 };

const test = base
  .extend("people", { auto: true }, async ({ app }) => {
    app.seed(ANN);
  })
  .extend("remove", ({ app, post, send }) => async () => {
    const { body } = await post("/users/delete", WHOLE);
    app.endTasks();
    return (await send(`/tasks/${body.task_id}`)).body.result;
  })
  .extend("exported", ({ app, post, send }) => async () => {
    const { body } = await post("/export/users", { user_ids: ["ann"] });
    app.endTasks();
    return (await fetch((await send(`/tasks/${body.task_id}`)).body.result.url)).text();
  });

const found = async (send: Send) => {
  const filter_conditions = { id: "ann" };
  const payload = JSON.stringify({ filter_conditions, include_deactivated_users: true });
  return (await send("/users", { query: { payload } })).body.users.map(({ id }) => id);
};

test("reports ok and leaves data behind, until a second deletion takes them", async ({
  app,
  remove,
}) => {
  app.failDeletionOf("ann", { kind: "leaves", messages: 2, reactions: 1, devices: true });
  expect(await remove()).toEqual({ ann: { status: "ok" } });
  expect(app.remaining("ann")).toEqual({ ...GONE, messages: 2, reactions: 1, devices: 1 });
  app.failDeletionOf("ann", undefined);
  expect(await remove()).toEqual({ ann: { status: "ok" } });
  expect(app.remaining("ann")).toEqual(GONE);
});

test("shows a profile that was left in each place, as if nothing had been deleted", async ({
  app,
  remove,
  exported,
  send,
}) => {
  app.failDeletionOf("ann", { kind: "leaves", profile: true });
  await remove();
  expect(await found(send)).toEqual(["ann"]);
  const { body } = await send("/users/ann/export");
  expect(body).toMatchObject({ user: { name: "Ann" }, messages: [], reactions: [] });
  expect(body.user).not.toHaveProperty("deleted_at");
  expect(await exported()).toContain("ann@a.example");
  app.failDeletionOf("ann", undefined);
  await remove();
  expect(await found(send)).toEqual([]);
  expect(app.remaining("ann")).toEqual(GONE);
});

test("hides other leftovers where it hides deleted users", async ({
  app,
  remove,
  exported,
  send,
}) => {
  app.failDeletionOf("ann", { kind: "leaves", messages: 2, devices: true, profile: "hidden" });
  await remove();
  expect(await found(send)).toEqual([]);
  const query = { user_id: "ann" };
  expect((await send("/users/ann/export")).body.message).toContain("the user ann was deleted");
  expect((await send("/devices", { query })).status).toBe(404);
  expect(await exported()).toBe("");
  app.options.exportOfDeleted = "profile";
  expect(await found(send)).toEqual([]);
  expect((await send("/users/ann/export")).body).toMatchObject({
    user: { name: "Ann", deleted_at: expect.any(Number) },
    messages: [{ text: "hi", type: "regular" }, { text: "yo" }],
  });
  expect(await exported()).toContain("ann@a.example");
  expect((await send("/devices", { query })).body).toMatchObject({ devices: [{ id: "phone" }] });
  await send("/devices", { method: "DELETE", query: { ...query, id: "phone" } });
  expect(app.remaining("ann").devices).toBe(0);
});

test("lets leftovers vanish by themselves after a while", async ({ app, clock, remove, send }) => {
  app.failDeletionOf("ann", { kind: "leaves", profile: true, leavesFor: { ms: MINUTE } });
  await remove();
  clock.advance(MINUTE - 1);
  expect(await found(send)).toEqual(["ann"]);
  clock.advance(1);
  expect(await found(send)).toEqual([]);
  expect(app.remaining("ann")).toEqual(GONE);
});

test("lets leftovers vanish once they have been shown so often", async ({
  app,
  remove,
  exported,
  send,
}) => {
  app.failDeletionOf("ann", { kind: "leaves", profile: true, leavesFor: { reads: 2 } });
  await remove();
  expect(await found(send)).toEqual(["ann"]);
  expect(await exported()).toContain('"id":"ann"');
  expect(await exported()).toBe("");
  expect(app.remaining("ann")).toEqual(GONE);
});

import { expect } from "vitest";
import { test as base, MINUTE } from "./fixture.ts";

const test = base
  .extend("people", { auto: true }, async ({ app }) => {
    app.seed({ id: "ann", name: "Ann", feedActivities: 4 });
  })
  .extend("exported", ({ app, post, send }) => async (): Promise<string[]> => {
    const { body } = await post("/feeds/users/ann/export");
    app.endTasks();
    const { url } = (await send(`/tasks/${body.task_id}`)).body.result;
    const lines = (await (await fetch(url)).text()).trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line).type);
  })
  .extend("remove", ({ app, post, send }) => async (hard_delete = true) => {
    const { body } = await post("/feeds/users/ann/delete", { hard_delete });
    app.endTasks();
    return (await send(`/tasks/${body.task_id}`)).body;
  });

test("exports the user and the activities", async ({ app, exported }) => {
  expect(await exported()).toEqual(["user", ...Array(4).fill("activity")]);
  expect(app.callsTo("ExportFeedUserData")).toMatchObject([
    { userIds: ["ann"], taskId: expect.any(String) },
  ]);
});

test("exports what outlives the user's deletion, until it is deleted too", async ({
  app,
  exported,
  post,
  remove,
}) => {
  await post("/users/delete", { user_ids: ["ann"], user: "hard", messages: "hard" });
  app.endTasks();
  expect(await exported()).toEqual(["user", ...Array(4).fill("activity")]);
  await remove();
  expect((await post("/feeds/users/ann/export")).body).toMatchObject({ code: 16 });
  expect((await post("/feeds/users/ann/delete")).body).toMatchObject({ code: 16 });
});

test("exports the user alone when there is nothing else, or answers 404", async ({
  app,
  exported,
  post,
  remove,
}) => {
  await remove();
  expect(await exported()).toEqual(["user"]);
  app.options.exportOfEmptyFeeds = "not_found";
  expect((await post("/feeds/users/ann/export")).body).toMatchObject({ code: 16 });
  expect((await post("/feeds/users/nobody/export")).body).toMatchObject({ code: 16 });
});

test("keeps everything when the deletion is not hard", async ({ app, remove }) => {
  expect(await remove(false)).toMatchObject({ status: "completed" });
  expect(app.remaining("ann").feedActivities).toBe(4);
});

test("deletes at the second attempt what a failed task has left", async ({ app, remove }) => {
  app.failTasks({ kind: "failed" }, 1, "DeleteFeedUserData");
  expect(await remove()).toMatchObject({ status: "failed" });
  expect(app.remaining("ann").feedActivities).toBe(4);
  expect(await remove()).toMatchObject({ status: "completed" });
  expect(app.remaining("ann").feedActivities).toBe(0);
});

test("leaves activities behind although the task completes, for a while", async ({
  app,
  clock,
  exported,
  remove,
}) => {
  app.failDeletionOf("ann", { kind: "leaves", feedActivities: true, leavesFor: { ms: MINUTE } });
  expect(await remove()).toMatchObject({ status: "completed" });
  expect(await exported()).toHaveLength(5);
  clock.advance(MINUTE);
  expect(await exported()).toEqual(["user"]);
});

test("refuses a hard_delete that is no boolean", async ({ post }) => {
  const { body } = await post("/feeds/users/ann/delete", { hard_delete: "yes" });
  expect(body).toMatchObject({ code: 4, StatusCode: 400 });
});

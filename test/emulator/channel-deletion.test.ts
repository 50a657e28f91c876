import { expect } from "vitest";
import { NOTHING } from "../../emulator/remaining.ts";
import { test as base } from "./fixture.ts";

const WHOLE = { user: "hard", messages: "hard", conversations: "hard" };
const LEFT = "messaging:!members-ann-and-bob";

const test = base
  .extend("people", { auto: true }, async ({ app }) => {
    app.seed({ id: "bob", name: "Bob" }, { id: "eva", name: "Eva" });
    app.seed({
      id: "ann",
      name: "Ann",
      abandonedWith: ["bob"],
      conversationsWith: ["eva"],
      groups: ["general"],
      owns: ["football"],
    });
  })
  .extend("listed", ({ post }) => async (): Promise<object[]> => {
    const filter_conditions = { members: { $in: ["ann"] } };
    return JSON.parse((await post("/chat/channels", { filter_conditions })).text).channels;
  })
  .extend("remove", ({ app, post }) => async (request: object) => {
    const { body } = await post("/chat/channels/delete", request);
    app.endTasks();
    return body.task_id;
  });

test("leaves an abandoned channel to the call that deletes channels", async ({
  app,
  post,
  remove,
}) => {
  expect(app.remaining("ann")).toMatchObject({ abandonedChannels: 1, conversations: 1 });
  expect(app.remaining("ann")).toMatchObject({ memberships: 2, ownedChannels: 1 });
  await post("/users/delete", { user_ids: ["ann"], ...WHOLE });
  app.endTasks();
  expect(app.remaining("ann")).toEqual({ ...NOTHING, abandonedChannels: 1 });
  expect(app.remaining("bob").messages).toBe(1);
  await remove({ cids: [LEFT], hard_delete: true });
  expect(app.remaining("ann")).toEqual(NOTHING);
  expect(app.remaining("bob").messages).toBe(0);
});

test("hides channels at once, and removes them at the task's end", async ({
  app,
  listed,
  post,
  send,
}) => {
  const before = app.remaining("ann");
  const cids = [LEFT, "messaging:no", LEFT];
  const { status, body } = await post("/chat/channels/delete", { cids, hard_delete: true });
  expect([status, body.result]).toEqual([201, {}]);
  expect(await listed()).toHaveLength(3);
  expect(app.remaining("ann")).toEqual(before);
  app.endTasks();
  expect((await send(`/tasks/${body.task_id}`)).body).toMatchObject({
    status: "completed",
    result: {
      [LEFT]: { status: "ok" },
      "messaging:no": { status: "error", error: "channel not found" },
    },
  });
  const { abandonedChannels, messages } = before;
  expect(app.remaining("ann")).toEqual({
    ...before,
    abandonedChannels: abandonedChannels - 1,
    messages: messages - 1,
  });
  expect(app.callsTo("DeleteChannels")).toMatchObject([{ taskId: body.task_id, input: { cids } }]);
});

test("keeps the data of a channel that is deleted softly", async ({ app, listed, remove }) => {
  const before = app.remaining("ann");
  await remove({ cids: [LEFT] });
  expect(await listed()).toHaveLength(3);
  expect(app.remaining("ann")).toEqual(before);
});

test("deletes at the second attempt what a task has spared", async ({ app, remove, send }) => {
  const request = { cids: [LEFT, "messaging:!members-ann-and-eva"], hard_delete: true };
  app.failTasks({ kind: "failed" }, 1, "DeleteChannels");
  expect((await send(`/tasks/${await remove(request)}`)).body.status).toBe("failed");
  app.failTasks({ kind: "user_errors", errors: { [LEFT]: "too busy" } }, 1, "DeleteChannels");
  expect((await send(`/tasks/${await remove(request)}`)).body.result).toEqual({
    [LEFT]: { status: "error", error: "too busy" },
    "messaging:!members-ann-and-eva": { status: "ok" },
  });
  expect(app.remaining("ann")).toMatchObject({ abandonedChannels: 1, conversations: 0 });
  await remove({ cids: [LEFT], hard_delete: true });
  expect(app.remaining("ann").abandonedChannels).toBe(0);
});

test.for<[string, object]>([
  ["no cids", {}],
  ["an empty list of cids", { cids: [] }],
  ["101 cids", { cids: Array(101).fill(LEFT) }],
  ["hard_delete that is no boolean", { cids: [LEFT], hard_delete: "yes" }],
])("refuses %s", async ([, request], { post }) => {
  expect((await post("/chat/channels/delete", request)).body).toMatchObject({
    code: 4,
    StatusCode: 400,
  });
});

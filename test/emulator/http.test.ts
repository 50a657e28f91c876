import { expect } from "vitest";
import { startEmulator } from "../../emulator/emulator.ts";
import { sender, test } from "./fixture.ts";

test("answers 404 to unknown paths and methods", async ({ send, post }) => {
  expect((await send("/nowhere")).status).toBe(404);
  expect((await post("/users/ann/export")).body).toMatchObject({ code: 16, StatusCode: 404 });
});

test("answers every POST with 201 and a body", async ({ app, post }) => {
  app.seed({ id: "ann" });
  const { status, body } = await post("/feeds/users/ann/export");
  expect(status).toBe(201);
  expect(Object.keys(body)).toEqual(["task_id", "duration"]);
});

test.for(["a%2Fb", "a%3Fb", "%E0%A4%A", "%C3%BC", "x".repeat(256)])(
  "refuses the user id %s",
  async (id, { send }) => {
    expect((await send(`/users/${id}/export`)).body).toMatchObject({ code: 4, StatusCode: 400 });
  },
);

test("decodes user ids in paths", async ({ app, send }) => {
  app.seed({ id: "ann @home.1" });
  expect((await send("/users/ann%20%40home.1/export")).body.user.id).toBe("ann @home.1");
});

test("refuses a body that is not JSON, and one that is too long", async ({ app, post }) => {
  expect((await post("/users/delete", { user_ids: ["x".repeat(2_000_000)] })).body.code).toBe(22);
  expect((await post("/users/delete", '{"user_ids":')).body.code).toBe(4);
  expect(app.calls.map((call) => call.status)).toEqual([413, 400]);
});

test("compresses long answers for those who ask", async ({ app, send }) => {
  app.seed({ id: "ann", messages: 2_000 }, { id: "bob" });
  const gzip = async (id: string, encoding: string) => {
    const reply = await send(`/users/${id}/export`, { headers: { "accept-encoding": encoding } });
    expect(reply.body.user.id).toBe(id);
    return reply.headers.get("content-encoding");
  };
  expect(await gzip("ann", "gzip, br")).toBe("gzip");
  expect(await gzip("ann", "identity")).toBeNull();
  expect(await gzip("bob", "gzip")).toBeNull();
});

test("records each call with its operation, its users and its task", async ({
  app,
  post,
  send,
}) => {
  app.seed({ id: "ann" });
  const { body } = await post("/users/delete", { user_ids: ["ann"], user: "hard" });
  await send(`/tasks/${body.task_id}`);
  expect(app.calls).toMatchObject([
    {
      operation: "DeleteUsers",
      method: "POST",
      path: "/api/v2/users/delete",
      status: 201,
      userIds: ["ann"],
      taskId: body.task_id,
      input: { user_ids: ["ann"], user: "hard" },
    },
    { operation: "GetTask", method: "GET", status: 200, taskId: body.task_id },
  ]);
  app.clearCalls();
  expect(app.calls).toEqual([]);
});

test("keeps apps apart: users, tasks and limits", async ({ clock }) => {
  const other = { apiKey: "other7key0x1", limits: { GetApp: 1 } };
  await using emulator = await startEmulator({ now: clock.now, apps: [{}, other] });
  emulator.app().seed({ id: "ann" });
  const send = sender(emulator.url);
  const body = { user_ids: ["ann"], user: "hard" };
  const { task_id } = (await send("/users/delete", { method: "POST", body })).body;
  const query = { api_key: other.apiKey };
  expect((await send(`/tasks/${task_id}`)).status).toBe(200);
  expect((await send(`/tasks/${task_id}`, { query })).status).toBe(404);
  expect((await send("/users/ann/export", { query })).body.message).toContain("does not exist");
  expect((await send("/app", { query })).headers.get("x-ratelimit-remaining")).toBe("0");
  expect(emulator.app(other.apiKey).calls).toHaveLength(3);
  expect(() => emulator.app("nobody")).toThrow("no app with the API key nobody");
});

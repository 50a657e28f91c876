import { expect } from "vitest";
import { test } from "./fixture.ts";

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

test("refuses a body that is not JSON, and one that is too long", async ({
  emulator,
  send,
  post,
}) => {
  const { headers } = await send("/app");
  expect(headers.get("content-type")).toBe("application/json");
  expect((await post("/users/delete", { user_ids: ["x".repeat(2_000_000)] })).body.code).toBe(22);
  expect((await post("/users/delete", "nonsense")).body.code).toBe(4);
  expect(
    emulator
      .app()
      .callsTo("DeleteUsers")
      .map((call) => call.status),
  ).toEqual([413, 400]);
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

test("tells an app's data apart from another's", async ({ emulator }) => {
  expect(() => emulator.app("nobody")).toThrow("no app with the API key nobody");
});

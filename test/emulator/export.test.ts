import { expect } from "vitest";
import { MINUTE, test } from "./fixture.ts";

test("exports profile, own messages and own reactions", async ({ app, send }) => {
  app.seed(
    { id: "bob", name: "Bob" },
    { id: "ann", name: "Ann", messages: ["hi"], reactions: 2, conversationsWith: ["bob"] },
  );
  const { status, body } = await send("/users/ann/export");
  expect(status).toBe(200);
  expect(Object.keys(body)).toEqual(["user", "messages", "reactions", "duration"]);
  expect(body.user).toMatchObject({ id: "ann", name: "Ann", custom: {} });
  expect(body.messages).toMatchObject([
    { cid: "messaging:general", text: "hi", type: "regular", user: null },
    { cid: "messaging:!members-ann-and-bob" },
  ]);
  expect(body.reactions).toMatchObject([
    { user_id: "ann", user: null, type: "like" },
    { user_id: "ann" },
  ]);
});

test("writes times as 19 digits that a JavaScript number cannot hold", async ({ app, send }) => {
  app.seed({ id: "ann", messages: ["hi"] });
  const { text } = await send("/users/ann/export");
  const digits = [...text.matchAll(/"created_at":(\d+)/g)].map(([, found]) => found ?? "");
  expect(digits).toHaveLength(2);
  for (const found of digits) {
    expect(found).toMatch(/^\d{19}$/);
    expect(JSON.stringify(JSON.parse(found))).not.toBe(found);
  }
});

test("refuses users with more than 10,000 messages or reactions", async ({ app, send }) => {
  app.seed(
    { id: "ann", messages: 10_001 },
    { id: "bob", reactions: 10_001 },
    { id: "cem", messages: 10_000, reactions: 10_000 },
  );
  for (const id of ["ann", "bob"]) {
    expect((await send(`/users/${id}/export`)).body).toMatchObject({ code: 4, StatusCode: 400 });
  }
  expect((await send("/users/cem/export")).body.messages).toHaveLength(10_000);
});

test("knows no unknown and no deleted user", async ({ app, send }) => {
  app.seed({ id: "eve", softDeleted: true }, { id: "fay", erased: true });
  const message = async (id: string) => {
    const { status, body } = await send(`/users/${id}/export`);
    return `${status}/${body.code} ${body.message}`;
  };
  const refused = (text: string) => `404/16 ExportUser failed with error: "${text}"`;
  expect(await message("nobody")).toBe(refused("the user nobody does not exist"));
  expect(await message("fay")).toBe(refused("the user fay was deleted"));
  expect(await message("eve")).toBe(refused("the user eve was deleted"));
  app.options.exportOfDeleted = "profile";
  expect((await send("/users/eve/export")).body.user).toHaveProperty("deleted_at");
});

test("makes up users of any size", async ({ app, send }) => {
  app.seed({ id: "ann", megabytes: 3 });
  const { text, body } = await send("/users/ann/export");
  expect(Buffer.byteLength(text) / 1_000_000).toBeCloseTo(3, 0);
  expect(body.messages[0]?.text).toContain("🚲");
});

test("exports several users into a file with a line for each", async ({ app, post, send }) => {
  app.seed({ id: "ann", messages: 10_001 }, { id: "bob", messages: ["hi"] }, { id: "cem" });
  const { task_id } = (await post("/export/users", { user_ids: ["ann", "bob", "nobody"] })).body;
  app.endTasks();
  const { url } = (await send(`/tasks/${task_id}`)).body.result;
  expect(url).toContain("/exports/users/");
  const lines = (await (await fetch(url)).text()).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).messages.length)).toEqual([10_000, 1]);
  expect(lines[1]).toMatch(/"created_at":"2025-\d\d-\d\dT[\d:]{8}\.\d{9}Z"/);
});

test.for([0, 26])("refuses to export %i users at once", async (count, { post }) => {
  const user_ids = Array.from({ length: count }, (_, index) => `user-${index}`);
  expect((await post("/export/users", { user_ids })).body).toMatchObject({ code: 4 });
});

test("signs a new URL at each look, for a day", async ({ app, clock, post, send }) => {
  app.seed({ id: "ann" });
  app.options.tasks.urlMs = MINUTE;
  const { task_id } = (await post("/export/users", { user_ids: ["ann"] })).body;
  app.endTasks();
  const urls = [
    (await send(`/tasks/${task_id}`)).body.result.url,
    (await send(`/tasks/${task_id}`)).body.result.url,
  ] as const;
  expect(urls[0]).not.toBe(urls[1]);
  const status = async (url: string) => (await fetch(url)).status;
  expect(await Promise.all(urls.map(status))).toEqual([200, 200]);
  expect(await status(urls[0].replace(/Signature=./, "Signature=x"))).toBe(403);
  clock.advance(MINUTE + 1);
  expect(await status(urls[0])).toBe(403);
  expect(await status((await send(`/tasks/${task_id}`)).body.result.url)).toBe(200);
});

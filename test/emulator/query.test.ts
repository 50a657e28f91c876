import { expect } from "vitest";
import { test as base, type Send, START } from "./fixture.ts";

const test = base.extend("people", { auto: true }, async ({ app }) => {
  app.seed(
    { id: "ann", name: "Ann", email: "ann@a.example", custom: { age: 31, tags: ["vip"] } },
    { id: "ben", name: "Ben", email: "Ben@a.example", teams: ["red"], createdAt: START - 5 },
    { id: "cem", name: "Cem", email: "ann@a.example", deactivated: true },
    { id: "dan", name: "Dan", role: "admin", custom: { age: 52 } },
    { id: "eve", name: "Eve", softDeleted: true },
    { id: "fay", erased: true },
  );
});

const find = async (send: Send, filter_conditions: unknown, more: object = {}) => {
  const sort = [{ field: "id", direction: 1 }];
  const payload = JSON.stringify({ filter_conditions, sort, ...more });
  const { status, body } = await send("/users", { query: { payload } });
  if (status !== 200) return `${status}/${body.code} ${body.message}`;
  return body.users.map((user) => user.id);
};

const everybody = { include_deactivated_users: true };

test.for<[object, string[]]>([
  [{}, ["ann", "ben", "dan"]],
  [{ id: "ann" }, ["ann"]],
  [{ id: { $in: ["dan", "ann", "eve", "fay", "nobody"] } }, ["ann", "dan"]],
  [{ id: { $nin: ["ann"] } }, ["ben", "dan"]],
  [{ id: { $ne: "ben" } }, ["ann", "dan"]],
  [{ id: { $gt: "ann", $lte: "dan" } }, ["ben", "dan"]],
  [{ id: { $autocomplete: "AN" } }, ["ann", "dan"]],
  [{ name: { $autocomplete: "be" } }, ["ben"]],
  [{ role: "admin" }, ["dan"]],
  [{ teams: { $in: ["red", "blue"] } }, ["ben"]],
  [{ teams: { $contains: "red" } }, ["ben"]],
  [{ created_at: { $gt: new Date(START - 10).toISOString() } }, ["ben"]],
  [{ last_active: { $exists: false } }, ["ann", "ben", "dan"]],
  [{ email: "ann@a.example" }, ["ann"]],
  [{ email: { $in: ["ben@a.example", "Ben@a.example"] } }, ["ben"]],
  [{ "custom.email": { $eq: "ben@a.example" } }, []],
  [{ "custom.age": { $gte: 31, $lt: 52 } }, ["ann"]],
  [{ "custom.age": { $exists: true } }, ["ann", "dan"]],
  [{ "custom.tags": { $contains: "vip" } }, ["ann"]],
  [{ $or: [{ id: "ben" }, { "custom.email": "ann@a.example" }] }, ["ann", "ben"]],
  [{ $or: [{ id: "ben" }, { role: "admin" }] }, ["ben", "dan"]],
  [{ $and: [{ id: { $in: ["ann", "ben"] } }, { id: { $gt: "ann" } }] }, ["ben"]],
])("finds with %j", async ([filter, expected], { send }) => {
  expect(await find(send, filter)).toEqual(expected);
});

test("shows deactivated users only when asked to", async ({ send }) => {
  expect(await find(send, { email: "ann@a.example" }, everybody)).toEqual(["ann", "cem"]);
});

test("can leave the top-level e-mail field without effect", async ({ app, send }) => {
  app.options.emailFilter = "nothing";
  const either = { $or: [{ email: "ann@a.example" }, { "custom.email": "ann@a.example" }] };
  expect(await find(send, { email: "ann@a.example" })).toEqual([]);
  expect(await find(send, either)).toEqual(["ann"]);
});

test("sorts and pages", async ({ app, send }) => {
  app.seedMany(105);
  const pages = { $and: [{ id: { $gt: "user-0000097" } }] };
  const backwards = { sort: [{ field: "id", direction: -1 }], limit: 2, offset: 1 };
  expect(await find(send, pages, backwards)).toEqual(["user-0000103", "user-0000102"]);
  expect(await find(send, { id: { $gte: "user" } })).toHaveLength(30);
  expect(await find(send, { id: { $gte: "user" } }, { limit: 100 })).toHaveLength(100);
});

test.for<[object, string]>([
  [{ limit: 101 }, "limit must be 100 or less"],
  [{ offset: 1_001 }, "offset must be 1000 or less"],
  [{ sort: [{ field: "shoe_size" }] }, "sort.0.field is not sortable"],
  [{ sort: Array(6).fill({ field: "id" }) }, "sort must have at most 5 fields"],
  [{ filter_conditions: undefined }, "filter_conditions is a required field"],
  [{ filter_conditions: { shoe: 1 } }, "search is not enabled for field users.shoe"],
  [{ filter_conditions: { email: { $gt: "a" } } }, "operator $gt is not supported for field email"],
  [{ filter_conditions: { id: { $in: "ann" } } }, "$in and $nin need an array"],
])("refuses %j", async ([payload, text], { send }) => {
  expect(await find(send, {}, payload)).toBe(`400/4 QueryUsers failed with error: "${text}"`);
});

test("nests custom fields, and sends times as nanoseconds", async ({ send }) => {
  const payload = JSON.stringify({ filter_conditions: { id: "ben" } });
  const { text, body } = await send("/users", { query: { payload } });
  expect(body.users[0]).toMatchObject({ id: "ben", custom: { email: "Ben@a.example" } });
  expect(body.users[0]).not.toHaveProperty("email");
  expect(text).toMatch(/"created_at":1754999999995\d{6},/);
});

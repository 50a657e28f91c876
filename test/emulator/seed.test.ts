import { expect } from "vitest";
import { PEOPLE, seedPeople } from "../../emulator/seed.ts";
import { test } from "./fixture.ts";

test("seeds people of each kind that makes requests hard", async ({ app, send }) => {
  seedPeople(app);
  const find = async (filter_conditions: object, more: object = {}) => {
    const payload = JSON.stringify({ filter_conditions, limit: 100, ...more });
    return (await send("/users", { query: { payload } })).body.users.map(({ id }) => id);
  };
  expect(await find({}, { include_deactivated_users: true })).toHaveLength(PEOPLE.length - 1);
  expect(await find({})).not.toContain("dmitri-volkov");
  expect((await find({ email: "family@jansen.example" })).sort()).toEqual([
    "eva-jansen",
    "finn-jansen",
  ]);
  expect((await send("/users/grace-okafor/export")).status).toBe(400);
  expect((await send("/users/kavya-rao/export")).status).toBe(404);
  expect(app.remaining("ann-lindqvist")).toMatchObject({ conversations: 1, groupCalls: 2 });
  expect(app.remaining("bilal-haddad")).toMatchObject({ votes: 1, bans: 1, recordings: 1 });
  expect(app.remaining("chiara-moretti").abandonedChannels).toBe(1);
});

test("seeds many users fast, each found by its address", async ({ app, send }) => {
  const ids = app.seedMany(100_000, (index) => ({ messages: index % 7 }));
  const payload = JSON.stringify({ filter_conditions: { email: `${ids[99_999]}@example.com` } });
  expect((await send("/users", { query: { payload } })).body.users).toMatchObject([
    { id: "user-0099999" },
  ]);
  expect(app.remaining("user-0099998").messages).toBe(99_998 % 7);
});

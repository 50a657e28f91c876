import { expect } from "vitest";
import { NOTHING } from "../../emulator/remaining.ts";
import { EACH, FILTERED, itemsIn, read } from "./data-set-sources.ts";
import { test as base } from "./fixture.ts";

const test = base
  .extend("people", { auto: true }, async ({ app }) => {
    app.seed({ id: "bob", ...EACH }, { id: "ann", devices: ["phone"], ...EACH });
  })
  .extend("remove", ({ app, post }) => async (options: object) => {
    await post("/users/delete", { user_ids: ["ann"], ...options });
    app.endTasks();
  });

test.for(FILTERED.filter(({ by, set }) => by === "filter" && set !== "votes"))(
  "$operation skips nothing when the owner of earlier records is deleted",
  async (source, { app, post, send }) => {
    const { set, owner } = source;
    const both = { filter: { [owner]: { $in: ["ann", "bob"] } } };
    const ofAnn = itemsIn(await read(send, source, "ann"), source);
    const first = await post(source.path, { ...both, limit: app.remaining("bob")[set] });
    await post("/users/delete", { user_ids: ["bob"], user: "hard", messages: "hard" });
    app.endTasks();
    const { next } = first.body;
    expect(itemsIn(await post(source.path, { ...both, next }), source)).toEqual(ofAnn);
  },
);

const { threads, liveLocations, flags, ...others } = EACH;
test.for<[object, object]>([
  [{ user: "soft", messages: "soft" }, { ...EACH }],
  [{ user: "pruning", messages: "pruning" }, others],
  [{ user: "soft", messages: "hard" }, others],
  [{ user: "hard" }, { threads, liveLocations, flags }],
  [{ user: "hard", messages: "hard" }, {}],
])("%j takes along what hangs on it", async ([options, left], { app, remove }) => {
  const others = app.remaining("bob");
  await remove(options);
  const { visible, profile, devices, ...rest } = app.remaining("ann");
  const { visible: _, profile: __, devices: ___, ...nothing } = NOTHING;
  expect(visible).toBe(false);
  expect(rest).toEqual({ ...nothing, ...left });
  expect(app.remaining("bob")).toEqual(others);
});

test("spares what the app is told that a deletion spares", async ({ app, send, remove }) => {
  app.options.deletionSpares = ["moderationLogs"];
  app.options.deletionRemovesDevices = false;
  await remove({ user: "hard", messages: "hard" });
  expect(app.remaining("ann")).toEqual({ ...NOTHING, devices: 1, moderationLogs: 3 });
  const filter = { target_user_id: "ann" };
  const { text } = await send("/moderation/logs", { method: "POST", body: { filter } });
  expect(JSON.parse(text).logs).toHaveLength(3);
});

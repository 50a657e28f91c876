import { assert, expect } from "vitest";
import { EACH, FILTERED, itemsIn, PAGED, read, SOURCES, type Source } from "./data-set-sources.ts";
import { test as base } from "./fixture.ts";

const test = base
  .extend("people", { auto: true }, async ({ app }) => {
    app.seed({ id: "bob", ...EACH, votesOn: ["ann-poll-0"] });
    app.seed({ id: "ann", ...EACH, votesOn: ["ann-poll-0", "ann-poll-0"] });
  })
  .extend("remove", ({ app, post }) => async (options: object) => {
    await post("/users/delete", { user_ids: ["ann"], ...options });
    app.endTasks();
  });

test.for(SOURCES)("$operation gives the user's own records", async (source, { app, send }) => {
  const reply = await read(send, source, "ann");
  expect(reply.status).toBe(successOf(source));
  const found = itemsIn(reply, source);
  expect(found).toHaveLength(app.remaining("ann")[source.set]);
  expect(found).toEqual(found.map(() => expect.objectContaining({ [source.owner]: "ann" })));
  expect(app.callsTo(source.operation)).toMatchObject([{ userIds: ["ann"] }]);
});

const successOf = ({ by }: Source) => (by === "filter" || by === "user_id" ? 201 : 200);

test.for(PAGED)("$operation gives pages", async (source, { send }) => {
  const first = await read(send, source, "ann", { limit: 2 });
  expect(itemsIn(first, source)).toHaveLength(2);
  const last = await read(send, source, "ann", { limit: 2, next: first.body.next });
  expect(itemsIn(last, source)).toHaveLength(1);
  expect(last.body).not.toHaveProperty("next");
  const whole = itemsIn(await read(send, source, "ann", { limit: 3 }), source);
  expect([...itemsIn(first, source), ...itemsIn(last, source)]).toEqual(whole);
});

test.for(PAGED)("$operation refuses wrong limits and cursors", async (source, { send }) => {
  for (const [more, problem] of [
    [{ limit: 101 }, "limit must be 100 or less"],
    [{ limit: -1 }, "limit must be 0 or more"],
    [{ next: "elsewhere" }, "next is not a valid cursor"],
  ] as const) {
    const { body } = await read(send, source, "ann", more);
    expect(body).toMatchObject({ code: 4, StatusCode: 400 });
    expect(body.message).toContain(problem);
  }
});

test("QueryBannedUsers pages by offset", async ({ send }) => {
  const [source] = SOURCES.filter(({ by }) => by === "payload");
  assert(source);
  const whole = itemsIn(await read(send, source, "ann"), source);
  const rest = itemsIn(await read(send, source, "ann", { offset: 1, limit: 1 }), source);
  expect(rest).toEqual(whole.slice(1, 2));
  expect((await read(send, source, "ann", { offset: 1_001 })).status).toBe(400);
  expect((await send(source.path, { query: { payload: "{" } })).status).toBe(400);
});

test.for(FILTERED)(
  "$operation refuses fields and operators it does not search",
  async (source, { send }) => {
    const foreign = { ...source, owner: "shoe_size" };
    expect((await read(send, foreign, "ann")).body.message).toContain(
      "search is not enabled for field shoe_size",
    );
    const { status } = await send(source.path, {
      ...(source.by === "filter"
        ? { method: "POST", body: { filter: { [source.owner]: { $gt: "a" } } } }
        : { query: { payload: `{"filter_conditions":{"${source.owner}":{"$gt":"a"}}}` } }),
    });
    expect(status).toBe(400);
    expect(itemsIn(await read(send, source, "nobody"), source)).toEqual([]);
  },
);

test.for(SOURCES.filter(({ by }) => by.startsWith("user_id")))(
  "$operation answers 404 for users who are not there, and demands one",
  async (source, { send, remove }) => {
    expect((await read(send, source, "")).status).toBe(400);
    expect((await read(send, source, "nobody")).body).toMatchObject({ code: 16, StatusCode: 404 });
    await remove({ user: "soft" });
    expect((await read(send, source, "ann")).body.message).toContain("the user ann was deleted");
  },
);

test("QueryPollVotes answers 404 for polls that are not there", async ({ send, remove }) => {
  await remove({ user: "hard" });
  const { status, body } = await send("/polls/ann-poll-0/votes", { method: "POST" });
  expect([status, body.code]).toEqual([404, 16]);
});

test.for(SOURCES)(
  "$operation can be what the app has no right to or no such thing",
  async (source, { app, send }) => {
    app.options.denied = [source.operation];
    expect((await read(send, source, "ann")).body).toMatchObject({ code: 17, StatusCode: 403 });
    app.options.denied = [];
    app.fault(source.operation, { kind: "not_found" });
    expect((await read(send, source, "ann")).body).toMatchObject({ code: 16, StatusCode: 404 });
  },
);

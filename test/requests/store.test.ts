import { Redis } from "ioredis";
import { describe, expect } from "vitest";
import { ConnectionName, RequestId, TaskId, UserId } from "../../src/identifiers.ts";
import { claim } from "../../src/requests/claim.ts";
import { type Dossier, moveTo } from "../../src/requests/record.ts";
import { openRequestStore } from "../../src/requests/store.ts";
import { test as base } from "../helpers/redis.ts";

const id = RequestId.parse("r-1");
const task = TaskId.parse("t-1");
const NOW = Date.parse("2026-11-24T00:00:00Z");
const payload = {
  version: 1 as const,
  requestId: id,
  connection: ConnectionName.parse("default"),
  subject: { userId: UserId.parse("ann") },
  dryRun: false,
};
const request = { type: "delete" as const, payload, subjectHmac: "hmac", owner: "r-1@1" };

const test = base
  .extend("client", async ({ redisUrl }, { onCleanup }) => {
    const client = new Redis(redisUrl);
    onCleanup(() => client.disconnect());
    return client;
  })
  .extend("store", ({ client }) =>
    openRequestStore(client, { prefix: "{test}", ttlSeconds: 100, now: () => NOW }),
  );

const change = (step: (dossier: Dossier) => Dossier) => (current: Dossier | undefined) => {
  if (!current) throw new Error("gone");
  return step(current);
};

describe("claiming a request", () => {
  test("makes the first job its owner", async ({ store }) => {
    const claimed = await claim(store, request, NOW);
    expect(claimed).toMatchObject({
      kind: "work",
      dossier: { record: { state: { status: "in_progress", phase: "resolving" }, owner: "r-1@1" } },
    });
  });

  test("answers a second job with the first one's state", async ({ store }) => {
    await claim(store, request, NOW);
    expect(await claim(store, { ...request, owner: "7@2" }, NOW)).toEqual({
      kind: "answered",
      state: { status: "in_progress", phase: "resolving" },
    });
  });

  test("gives exactly one of many simultaneous jobs the work", async ({ store }) => {
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, n) => claim(store, { ...request, owner: `job@${n}` }, NOW)),
    );
    expect(claims.filter((claimed) => claimed.kind === "work")).toHaveLength(1);
  });

  test("lets the owner go on, and begin again after a failure", async ({ store }) => {
    await claim(store, request, NOW);
    await store.update(
      id,
      change((d) => moveTo(d, { status: "failed", reason: "x", message: "y" }, NOW)),
    );
    expect(await claim(store, request, NOW)).toMatchObject({
      kind: "work",
      dossier: { record: { state: { phase: "resolving" } } },
    });
  });

  test("never works a completed request again, not even for its owner", async ({ store }) => {
    await claim(store, request, NOW);
    const completed = { status: "completed", outcome: "no_match", users: 0 } as const;
    await store.update(
      id,
      change((d) => moveTo(d, completed, NOW)),
    );
    expect(await claim(store, request, NOW)).toEqual({ kind: "answered", state: completed });
  });

  test("refuses the id to a different request", async ({ store }) => {
    await claim(store, request, NOW);
    const differences = [
      { type: "access" as const },
      { subjectHmac: "other" },
      { payload: { ...payload, connection: ConnectionName.parse("eu") } },
      { payload: { ...payload, dryRun: true } },
    ];
    for (const difference of differences) {
      const other = { ...request, ...difference, owner: "8@3" };
      expect(await claim(store, other, NOW)).toEqual({ kind: "conflict" });
    }
  });
});

describe("two workers", () => {
  const elsewhere = test.extend("other", ({ client }) =>
    openRequestStore(client, { prefix: "{test}", ttlSeconds: 100, now: () => NOW }),
  );
  const held = (reason: string) =>
    change((d) => moveTo(d, { status: "action_required", reason, message: "" }, NOW));

  elsewhere("see each other's changes, whatever they remember", async ({ store, other }) => {
    await claim(store, { ...request, isFirst: true }, NOW);
    await other.update(id, held("elsewhere"));
    expect((await store.read(id))?.record.state).toMatchObject({ reason: "elsewhere" });
    await other.update(id, held("again"));
    await store.update(id, held("here"));
    const history = (await other.read(id))?.record.history.map(({ state }) => state).slice(1);
    expect(history).toEqual(["elsewhere", "again", "here"].map((r) => `action_required/${r}`));
  });

  elsewhere("never take from memory that there is nothing to do", async ({ store, other }) => {
    await claim(store, { ...request, isFirst: true }, NOW);
    await other.update(id, held("elsewhere"));
    const seen: string[] = [];
    const watched = change((d) => {
      seen.push(d.record.state.status);
      return d;
    });
    await store.update(id, watched);
    expect(seen.at(-1)).toBe("action_required");
  });

  elsewhere("never fail because of what is out of date", async ({ store, other }) => {
    await claim(store, { ...request, isFirst: true }, NOW);
    await other.update(id, held("elsewhere"));
    const onlyHeld = change((d) => {
      if (d.record.state.status !== "action_required") throw new Error("not held");
      return moveTo(d, { status: "in_progress", phase: "waiting" }, NOW);
    });
    await store.update(id, onlyHeld);
    expect((await other.read(id))?.record.state).toMatchObject({ phase: "waiting" });
  });

  elsewhere("that both believe a job new claim its request once", async ({ store, other }) => {
    const claims = await Promise.all(
      [store, other].map((each, n) =>
        claim(each, { ...request, owner: `job@${n}`, isFirst: true }, NOW),
      ),
    );
    expect(claims.map(({ kind }) => kind).sort()).toEqual(["answered", "work"]);
  });
});

describe("a request's dossier", () => {
  test("loses no update, however many come at once", async ({ store }) => {
    await claim(store, request, NOW);
    const reasons = Array.from({ length: 30 }, (_, n) => `step-${n}`);
    await Promise.all(
      reasons.map((reason) =>
        store.update(
          id,
          change((d) => moveTo(d, { status: "action_required", reason, message: "" }, NOW)),
        ),
      ),
    );
    const history = (await store.read(id))?.record.history.map((entry) => entry.state);
    expect(history?.slice(1).sort()).toEqual(reasons.map((r) => `action_required/${r}`).sort());
  });

  test("holds the subject apart from the record, and loses it when the request completes", async ({
    store,
    client,
  }) => {
    await claim(store, request, NOW);
    expect(JSON.stringify(await client.hgetall("{test}:request:r-1"))).not.toContain("ann");
    expect(await client.get("{test}:personal:r-1")).toContain("ann");

    await store.update(
      id,
      change((d) => moveTo(d, { status: "completed", outcome: "no_match", users: 0 }, NOW)),
    );
    expect(await client.exists("{test}:personal:r-1")).toBe(0);
    expect(await client.ttl("{test}:request:r-1")).toBeGreaterThan(0);
  });

  test("is found by the Stream task that its users wait for", async ({ store }) => {
    await claim(store, request, NOW);
    const users = [
      { userId: UserId.parse("ann"), seen: true, state: "submitted" as const, taskId: task },
    ];
    await store.update(
      id,
      change((d) => ({ ...d, personal: d.personal && { ...d.personal, users } })),
    );
    expect(await store.servedBy(task)).toEqual([id]);
  });

  test("is among those that wait for a human while it does, the longest first", async ({
    store,
  }) => {
    const later = RequestId.parse("r-0");
    const hold = (of: RequestId, since: number) =>
      store.update(
        of,
        change((d) =>
          moveTo(d, { status: "action_required", reason: "x", message: "" }, NOW + since),
        ),
      );
    await claim(store, request, NOW);
    await claim(store, { ...request, payload: { ...payload, requestId: later } }, NOW);
    await hold(later, 2);
    await hold(id, 1);
    expect(await store.actionRequired(10)).toEqual([id, later]);
    expect(await store.actionRequired(1)).toEqual([id]);
    await store.update(
      id,
      change((d) => moveTo(d, { status: "in_progress", phase: "waiting" }, NOW)),
    );
    expect(await store.actionRequired(10)).toEqual([later]);
  });

  test("is among the open ones until it ends", async ({ store }) => {
    await claim(store, request, NOW);
    expect(await store.openSince(NOW, 10)).toEqual([id]);
    await store.update(
      id,
      change((d) => moveTo(d, { status: "failed", reason: "x", message: "" }, NOW)),
    );
    expect(await store.openSince(NOW, 10)).toEqual([]);
  });
});

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { startEmulator } from "../../emulator/emulator.ts";
import { DEFAULT_APP } from "../../emulator/settings.ts";
import { test as base, openSystem, type System, settled } from "../helpers/system.ts";

const WINDOW_MS = 2000;
const LIMITED = { windowMs: WINDOW_MS, tasks: { pendingMs: 20, runningMs: 80 } };
const OTHER = { ...DEFAULT_APP, apiKey: "otherotherot", apiSecret: "o".repeat(64) };

// Stream's minute is two seconds here, and limits are Stream's own: 6 DeleteUsers calls in each.
const test = base
  .extend("stream", async ({}, { onCleanup }) => {
    const apps = [
      { ...DEFAULT_APP, ...LIMITED },
      { ...OTHER, ...LIMITED },
    ];
    const emulator = await startEmulator({ apps });
    onCleanup(() => emulator[Symbol.asyncDispose]());
    return emulator;
  })
  .extend("system", async ({ redisUrl, stream, temporaryDirectory }, { onCleanup }) => {
    const file = join(temporaryDirectory, "connections.json");
    const { apiKey, apiSecret } = OTHER;
    const verification = { enabled: false };
    const connections = [{ name: "other", apiKey, apiSecret, baseUrl: stream.url, verification }];
    await writeFile(file, JSON.stringify({ connections }));
    const env = { CONNECTIONS_FILE: file };
    const system = await openSystem(redisUrl, stream.url, temporaryDirectory, env);
    onCleanup(() => system[Symbol.asyncDispose]());
    return system;
  });

const limits = { rateLimits: { share: 0.8, windowMs: WINDOW_MS } };
const requestDeletions = (system: System, users: readonly string[], request: object = {}) =>
  Promise.all(
    users.map((userId) => system.producer.requestDelete({ subject: { userId }, ...request })),
  );
// One after another: a thousand waits at once would keep the worker in this process from working.
const endsOf = async (system: System, ids: readonly string[]): Promise<number[]> => {
  const ends: number[] = [];
  for (const id of ids) {
    const { history } = await system.until(id, settled, 30_000);
    ends.push(Date.parse(history.at(-1)?.at ?? ""));
  }
  return ends;
};

test("two workers share the limit: no call is refused, and batches are full", async ({
  system,
  stream,
}) => {
  const app = stream.app();
  const users = app.seedMany(400);
  await using _one = await system.start(limits);
  await using _two = await system.start(limits);
  const ids = await requestDeletions(system, users);
  for (const id of ids) await system.until(id, settled, 30_000);

  const calls = app.callsTo("DeleteUsers");
  expect(app.calls.filter(({ status }) => status === 429)).toEqual([]);
  expect(calls.length).toBeLessThanOrEqual(8);
  // One look-up a call, and one when each worker starts.
  expect(app.callsTo("QueryUsers").length).toBeLessThanOrEqual(calls.length + 2);
  expect(new Set(calls.flatMap(({ userIds }) => userIds ?? [])).size).toBe(400);
  const tasks = await system.queues["task-status"].getCompleted();
  expect(tasks.filter(({ name }) => name === "task-status")).toHaveLength(calls.length);
});

test("a saturated connection does not hold up another one", async ({ system, stream }) => {
  await using _ = await system.start({ ...limits });
  const many = await requestDeletions(system, stream.app().seedMany(700));
  const few = await requestDeletions(system, stream.app(OTHER.apiKey).seedMany(50), {
    connection: "other",
  });
  const lastOfFew = Math.max(...(await endsOf(system, few)));
  const endsOfMany = await endsOf(system, many);
  expect(endsOfMany.filter((end) => end > lastOfFew).length).toBeGreaterThan(300);
});

test("a request that is due soon goes ahead of the others", async ({ system, stream }) => {
  const users = stream.app().seedMany(601);
  await using _ = await system.start(limits);
  const patient = await requestDeletions(system, users.slice(1));
  const dueAt = new Date(Date.now() + 3_600_000).toISOString();
  const [urgent = ""] = await requestDeletions(system, users.slice(0, 1), { dueAt });
  const [end = 0] = await endsOf(system, [urgent]);
  const ends = await endsOf(system, patient);
  expect(ends.filter((other) => other > end).length).toBeGreaterThan(200);
});

test("users with devices take their turns, and hold up nobody without", async ({
  system,
  stream,
}) => {
  const app = stream.app();
  const users = app.seedMany(260, (n) => (n % 4 === 0 ? { devices: [`phone-${n}`] } : {}));
  await using _ = await system.start(limits);
  const ids = await requestDeletions(system, users);
  const ends = await endsOf(system, ids);
  expect(app.calls.filter(({ status }) => status === 429)).toEqual([]);
  expect(app.callsTo("DeleteDevice")).toHaveLength(65);
  expect(app.callsTo("ListDevices")).toHaveLength(65);
  const without = users.filter((_, n) => n % 4 !== 0);
  const callsForThese = app
    .callsTo("DeleteUsers")
    .filter(({ userIds }) => userIds?.some((id) => without.includes(id)));
  expect(callsForThese.length).toBeLessThanOrEqual(4);
  const last = (having: boolean) => Math.max(...ends.filter((_, n) => (n % 4 === 0) === having));
  expect(last(true)).toBeGreaterThan(last(false));
});

import { expect } from "vitest";
import { decide } from "../../src/commands/decide.ts";
import { release } from "../../src/commands/release.ts";
import { ConnectionName } from "../../src/identifiers.ts";
import { type System, settled, test as withSystem } from "../helpers/system.ts";

const test = withSystem.override("env", { STREAM_GUARDS: '{"mostDeletionsPerHour":3}' });

const connection = ConnectionName.parse("default");
const releaseDefault = (system: System) => release(connection, system);
const statesOf = async (system: System, ids: readonly string[]) => {
  const records = await Promise.all(ids.map((id) => system.record(id)));
  return records.map((record) => record?.history.at(-1)?.state);
};
const count = (states: readonly unknown[], state: string) =>
  states.filter((other) => other === state).length;

test("more deletions in an hour than allowed are held in all workers, until they are released", async ({
  system,
  worker: _one,
  app,
}) => {
  await using _two = await system.start();
  const users = app.seedMany(7);
  const ids = await Promise.all(
    users.map((userId) => system.producer.requestDelete({ subject: { userId } })),
  );
  const DONE = "completed/erased_unverified";
  const HELD = "action_required/brake";
  const until = (done: number, held: number) =>
    expect
      .poll(
        async () => {
          const states = await statesOf(system, ids);
          return [count(states, DONE), count(states, HELD)];
        },
        { timeout: 15_000 },
      )
      .toEqual([done, held]);

  await until(3, 4);
  expect(app.callsTo("DeleteUsers").flatMap(({ userIds }) => userIds ?? [])).toHaveLength(3);
  await releaseDefault(system);
  await until(6, 1);
  expect(app.callsTo("DeleteUsers").flatMap(({ userIds }) => userIds ?? [])).toHaveLength(6);

  const states = await statesOf(system, ids);
  const held = (await system.record(ids[states.indexOf(HELD)] ?? ""))?.requestId;
  if (!held) throw new Error("None is held");
  expect((await system.record(held))?.state).toMatchObject({
    message: expect.stringContaining("more than 3 deletions in an hour"),
  });
  await decide("cancel", held, system);
  await releaseDefault(system);
  expect((await system.until(held, settled)).state).toMatchObject({ reason: "cancelled" });
  await expect(releaseDefault(system)).rejects.toThrow("connection default is not engaged");
});

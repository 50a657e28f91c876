import { test as base, expect } from "vitest";
import { UserId } from "../../src/identifiers.ts";
import { openBoarding } from "../../src/stream/boarding.ts";
import { StreamError } from "../../src/stream/errors.ts";
import { UNLIMITED } from "../../src/stream/limiter.ts";
import { openSlots } from "../../src/stream/slots.ts";

const SEATS = 3;
const names = (count: number) => Array.from({ length: count }, (_, n) => UserId.parse(`u-${n}`));

/** A boarding that notes its look-ups and reservations; the users in `owners` have a device. */
const test = base.extend("boarding", async ({}) => {
  const looks: string[][] = [];
  const owners = new Set<string>();
  const reservations: number[] = [];
  const limiter = {
    ...UNLIMITED,
    reserve: async () => {
      reservations.push(Date.now());
      return Date.now();
    },
  };
  const slots = openSlots(limiter, undefined);
  const look = async (users: readonly UserId[]) => {
    looks.push([...users]);
    return users.map((user) => ({ visible: true, devices: owners.has(user) ? 1 : 0 }));
  };
  return { board: openBoarding(slots, look, SEATS), slots, looks, owners, reservations };
});

test("looks at all who leave together in one call, a slot for each batch", async ({ boarding }) => {
  const sights = await Promise.all(names(4).map(boarding.board));
  expect(sights).toEqual(names(4).map(() => ({ visible: true, devices: 0 })));
  expect(boarding.looks).toEqual([["u-0", "u-1", "u-2"], ["u-3"]]);
  expect(boarding.reservations).toHaveLength(2);
});

test("does not wait for one look-up before the next call that is full anyway", async () => {
  const looked: string[][] = [];
  const never = new Promise<never>(() => {});
  const slots = openSlots(UNLIMITED, undefined);
  const board = openBoarding(
    slots,
    (users) => {
      looked.push([...users]);
      return never;
    },
    SEATS,
  );
  for (const user of names(2 * SEATS + 1)) void board(user);
  await expect.poll(() => looked.length).toBe(2);
});

test("gives the seats of users who have devices to the next who wait, so that all leave together", async ({
  boarding,
}) => {
  boarding.owners.add("u-0").add("u-2");
  const answered: [string, number][] = [];
  await Promise.all(
    names(5).map(async (user) => answered.push([user, (await boarding.board(user)).devices])),
  );
  expect(answered).toEqual([
    ["u-0", 1],
    ["u-2", 1],
    ["u-1", 0],
    ["u-3", 0],
    ["u-4", 0],
  ]);
  expect(boarding.looks).toEqual([
    ["u-0", "u-1", "u-2"],
    ["u-3", "u-4"],
  ]);
  expect(boarding.reservations).toHaveLength(1);
});

test("lets a pass that nobody was ready for serve the next", async ({ boarding }) => {
  boarding.owners.add("u-0");
  const [user] = names(1) as [UserId];
  await boarding.board(user);
  boarding.owners.clear();
  expect(await boarding.board(user)).toEqual({ visible: true, devices: 0 });
  expect(boarding.reservations).toHaveLength(1);
  expect(boarding.slots.takePass()).toBe(true);
  await boarding.board(user);
  expect(boarding.reservations).toHaveLength(2);
});

test("refuses all who wait when there is no slot, and boards those who come later", async () => {
  const refusal = new StreamError("rate_limited", "used up", { retryAt: 1 });
  let refuse = true;
  const reserve = async () => {
    if (refuse) throw refusal;
    return 0;
  };
  const look = async (users: readonly UserId[]) =>
    users.map(() => ({ visible: false, devices: 0 }));
  const board = openBoarding(openSlots({ ...UNLIMITED, reserve }, undefined), look, SEATS);
  const refused = await Promise.allSettled(names(2).map(board));
  expect(refused.map((end) => end.status === "rejected" && end.reason)).toEqual([refusal, refusal]);
  refuse = false;
  expect(await Promise.all(names(2).map(board))).toHaveLength(2);
});

test("a look-up that fails fails those whom it was about, and nobody after them", async () => {
  const failure = new StreamError("unavailable", "away");
  let looks = 0;
  const look = async (users: readonly UserId[]) => {
    looks += 1;
    if (looks === 1) throw failure;
    return users.map(() => ({ visible: true, devices: 0 }));
  };
  const board = openBoarding(openSlots(UNLIMITED, undefined), look, SEATS);
  const ends = await Promise.allSettled(names(5).map(board));
  expect(ends.map(({ status }) => status)).toEqual([
    ...names(3).map(() => "rejected"),
    ...names(2).map(() => "fulfilled"),
  ]);
});

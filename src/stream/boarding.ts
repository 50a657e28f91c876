import { setTimeout as sleep } from "node:timers/promises";
import type { UserId } from "../identifiers.ts";
import type { StreamError } from "./errors.ts";
import { comeBack, LONGEST_WAIT_MS, type Slots } from "./slots.ts";

/** What QueryUsers shows of a user. One who is soft-deleted is hidden, but not erased. */
export type Sight = {
  visible: boolean;
  /** How many push devices must go before the user can. */
  devices: number;
};

type Passenger = { user: UserId; board(sight: Sight): void; refuse(error: unknown): void };

/** How long the first user of a batch waits for company when a slot is free at once. */
const WINDOW_MS = 20;

/**
 * Lets users wait for a place in a call of DeleteUsers, together with others, and looks at all who leave together in
 * one call. The seat of one who still has devices goes to the next who waits; so does a pass when nobody is ready.
 * @param seats of each call. @returns a function that boards a user. @throws StreamError, to come back later.
 */
export const openBoarding = (
  slots: Slots,
  look: (users: readonly UserId[]) => Promise<Sight[]>,
  seats: number,
): ((user: UserId) => Promise<Sight>) => {
  // Two full batches. More would keep others' requests out of the worker.
  const mostWaiting = 2 * seats;
  const waiting: Passenger[] = [];
  let departing = false;
  let passesLeft = 0;

  const takeSlot = (): Promise<StreamError | undefined> | undefined => {
    if (passesLeft === 0 || !slots.hasPass()) return slots.wait(LONGEST_WAIT_MS);
    passesLeft -= 1;
    return undefined;
  };
  const board = async (): Promise<void> => {
    const boarded = await fill(waiting, seats, look);
    if (boarded === 0) passesLeft += 1;
  };
  const depart = async (): Promise<void> => {
    departing = true;
    while (waiting.length > 0) {
      const company = waiting.length < seats ? sleep(WINDOW_MS) : undefined;
      const [refused] = await Promise.all([takeSlot(), company]);
      if (refused) for (const passenger of waiting.splice(0)) passenger.refuse(refused);
      else {
        const boarding = board();
        // A call that would be full anyway need not know whom this one takes as well.
        if (waiting.length < seats) await boarding;
      }
    }
    departing = false;
  };

  return (user) => {
    if (waiting.length >= mostWaiting && slots.lastAt() > Date.now()) {
      return Promise.reject(comeBack("Enough deletions wait", slots.lastAt()));
    }
    return new Promise((board, refuse) => {
      waiting.push({ user, board, refuse });
      if (!departing) void depart();
    });
  };
};

/** Boards those who are ready all at once, so that they submit together. @returns how many these are. */
const fill = async (
  waiting: Passenger[],
  seats: number,
  look: (users: readonly UserId[]) => Promise<Sight[]>,
): Promise<number> => {
  const ready: (() => void)[] = [];
  while (waiting.length > 0) {
    const passengers = waiting.splice(0, seats - ready.length);
    try {
      const sights = await look(passengers.map(({ user }) => user));
      for (const [n, sight] of sights.entries()) {
        const board = () => passengers[n]?.board(sight);
        if (sight.devices === 0) ready.push(board);
        else board();
      }
      if (sights.every(({ devices }) => devices === 0)) break;
    } catch (error) {
      for (const passenger of passengers) passenger.refuse(error);
      break;
    }
  }
  for (const board of ready) board();
  return ready.length;
};

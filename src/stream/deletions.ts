import { setTimeout as sleep } from "node:timers/promises";
import DataLoader from "dataloader";
import type { TaskId, UserId } from "../identifiers.ts";
import type { DeletionOptions, StreamClient } from "./client.ts";
import { StreamError } from "./errors.ts";
import { comeBack, type Slots } from "./slots.ts";

export type Deletions = {
  /**
   * Waits for a place in a call of DeleteUsers, together with others.
   * @returns whether QueryUsers shows the user, asked in one call for all who leave together.
   */
  board(user: UserId): Promise<boolean>;
  /** Submits a user who has boarded. Those who are not shown travel apart: an unknown id must not spoil a batch. */
  submit(user: UserId, seen: boolean): Promise<TaskId>;
};

/** DeleteUsers takes up to 100 users a call, and 6 calls a minute. */
const BATCH = 100;

/** How long the first user of a batch waits for company when a slot is free at once. */
const WINDOW_MS = 20;

/** How long a batch may wait for its slot, filling up meanwhile. */
const LONGEST_WAIT_MS = 60_000;
const A_DAY_MS = 86_400_000;

/** How many users may wait here while the next slot is still to come: two full batches. More would keep others' requests out of the worker. */
const MOST_WAITING = 2 * BATCH;

/**
 * Deletes users in batches: one leaves when its slot of the rate limit has come, with all who have asked by then.
 * A batch that Stream refuses because of one user is halved until that user stands alone.
 */
export const openDeletions = (
  client: StreamClient,
  slots: Slots,
  options: DeletionOptions,
  areVisible: (users: readonly UserId[]) => Promise<boolean[]>,
): Deletions => {
  const boarding = batched<boolean>(
    () => Promise.all([slots.wait(LONGEST_WAIT_MS), sleep(WINDOW_MS)]).then(([refused]) => refused),
    areVisible,
  );
  const submission = () =>
    batched<TaskId>(
      async () => (slots.takePass() ? undefined : waitAndTakePass(slots, LONGEST_WAIT_MS)),
      (users) => submit(client, slots, users, options),
    );
  const [submitSeen, submitUnseen] = [submission(), submission()];
  let waiting = 0;
  return {
    async board(user) {
      if (waiting >= MOST_WAITING && slots.lastAt() > Date.now()) {
        throw comeBack("Enough deletions wait", slots.lastAt());
      }
      waiting++;
      return boarding.load(user).finally(() => {
        waiting--;
      });
    },
    submit: (user, seen) => (seen ? submitSeen : submitUnseen).load(user),
  };
};

/** A loader whose batches leave when `slot` has come, or are all refused with what it answers. */
const batched = <Value>(
  slot: () => Promise<StreamError | undefined>,
  load: (users: readonly UserId[]) => Promise<(Value | StreamError)[]>,
) => {
  let refused: StreamError | undefined;
  return new DataLoader<UserId, Value>(
    async (users) => (refused ? fill(users, refused) : load(users)),
    {
      cache: false,
      maxBatchSize: BATCH,
      async batchScheduleFn(dispatch) {
        const answer = await slot();
        // `dispatch` calls the batch function before it returns, so no other batch can see this one's refusal.
        refused = answer;
        dispatch();
      },
    },
  );
};

const waitAndTakePass = async (slots: Slots, longestMs: number) => {
  const refused = await slots.wait(longestMs);
  if (!refused) slots.takePass();
  return refused;
};

const submit = async (
  client: StreamClient,
  slots: Slots,
  users: readonly UserId[],
  options: DeletionOptions,
): Promise<(TaskId | StreamError)[]> => {
  try {
    return fill(users, await client.deleteUsers([...new Set(users)], options, { slotTaken: true }));
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
    if (users.length === 1 || !concernsOneUser(error)) return fill(users, error);
    const middle = Math.ceil(users.length / 2);
    const ends: (TaskId | StreamError)[] = [];
    for (const half of [users.slice(0, middle), users.slice(middle)]) {
      // However long its slot takes, a half keeps its place: asked for anew, it would meet the same user again.
      const refused = await waitAndTakePass(slots, A_DAY_MS);
      ends.push(...(refused ? fill(half, refused) : await submit(client, slots, half, options)));
    }
    return ends;
  }
};

const fill = <Value>(users: readonly UserId[], value: Value): Value[] => users.map(() => value);

const concernsOneUser = (error: StreamError): boolean =>
  error.code === "invalid_input" || error.code === "not_found";

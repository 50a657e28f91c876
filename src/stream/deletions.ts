import { setTimeout as sleep } from "node:timers/promises";
import DataLoader from "dataloader";
import type { TaskId, UserId } from "../identifiers.ts";
import type { DeletionOptions, StreamClient } from "./client.ts";
import { StreamError } from "./errors.ts";
import type { Limiter } from "./limiter.ts";

/** DeleteUsers takes up to 100 users a call, and 6 calls a minute. */
const BATCH = 100;

/** How long the first user of a batch waits for company when a slot is free at once. */
const WINDOW_MS = 20;

/** How long a batch may wait for its slot, filling up meanwhile. */
const LONGEST_WAIT_MS = 60_000;

/** How many users may wait here: two full batches. More would keep others' requests out of the worker. */
const MOST_WAITING = 200;
const FULL_PAUSE_MS = 5000;

const A_DAY_MS = 86_400_000;

type Deletions = (user: UserId) => Promise<TaskId>;

/**
 * Deletes users in batches: one leaves when its slot of the rate limit has come, with all who have asked by then.
 * A batch that Stream refuses because of one user is halved until that user stands alone.
 * @param stopping ends the waiting: the users of a batch that has not left are told to come back.
 */
export const openDeletions = (
  client: StreamClient,
  limiter: Limiter,
  options: DeletionOptions,
  stopping: AbortSignal | undefined,
): Deletions => {
  const deleteNow = async (users: readonly UserId[]): Promise<Submitted[]> => {
    try {
      const task = await client.deleteUsers([...new Set(users)], options, { slotTaken: true });
      return fill(users, task);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      if (users.length === 1 || !concernsOneUser(error)) return fill(users, error);
      const middle = Math.ceil(users.length / 2);
      const first = await deleteLater(users.slice(0, middle));
      return [...first, ...(await deleteLater(users.slice(middle)))];
    }
  };
  // A half of a refused batch keeps its place however long its slot takes: asked for anew, it would meet the same user.
  const deleteLater = async (users: readonly UserId[]): Promise<Submitted[]> => {
    const refused = await waitForSlot(limiter, A_DAY_MS, stopping);
    return refused ? fill(users, refused) : deleteNow(users);
  };

  let refused: StreamError | undefined;
  let waiting = 0;
  const loader = new DataLoader<UserId, TaskId>(
    async (users) => (refused ? fill(users, refused) : deleteNow(users)),
    {
      cache: false,
      maxBatchSize: BATCH,
      async batchScheduleFn(dispatch) {
        const [slot] = await Promise.all([
          waitForSlot(limiter, LONGEST_WAIT_MS, stopping),
          sleep(WINDOW_MS),
        ]);
        // `dispatch` calls the batch function before it returns, so no other batch can see this one's refusal.
        refused = slot;
        dispatch();
      },
    },
  );
  return async (user) => {
    if (waiting >= MOST_WAITING) throw comeBack("Enough deletions wait", FULL_PAUSE_MS);
    waiting++;
    return loader.load(user).finally(() => {
      waiting--;
    });
  };
};

type Submitted = TaskId | StreamError;

/** Reserves a slot for DeleteUsers and waits for it. @returns why there is none. */
const waitForSlot = async (
  limiter: Limiter,
  longestWaitMs: number,
  stopping: AbortSignal | undefined,
): Promise<StreamError | undefined> => {
  try {
    const at = await limiter.reserve("DeleteUsers", longestWaitMs);
    const wait = at - Date.now();
    if (wait > 0) await sleep(wait, undefined, stopping && { signal: stopping });
    return undefined;
  } catch (error) {
    if (error instanceof StreamError) return error;
    if (stopping?.aborted) return comeBack("The worker stops", 0);
    return new StreamError("unavailable", "The rate limiter cannot be reached", { cause: error });
  }
};

const comeBack = (why: string, pauseMs: number): StreamError =>
  new StreamError("rate_limited", why, { retryAt: Date.now() + pauseMs });

const fill = <Value>(users: readonly UserId[], value: Value): Value[] => users.map(() => value);

const concernsOneUser = (error: StreamError): boolean =>
  error.code === "invalid_input" || error.code === "not_found";

import DataLoader from "dataloader";
import type { TaskId, UserId } from "../identifiers.ts";
import { openBoarding, type Sight } from "./boarding.ts";
import type { DeletionOptions, StreamClient } from "./client.ts";
import { StreamError } from "./errors.ts";
import { LONGEST_WAIT_MS, type Slots } from "./slots.ts";

export type Deletions = {
  /** See `openBoarding`. */
  board(user: UserId): Promise<Sight>;
  /** Submits a user who has boarded. Those who are not shown travel apart: an unknown id must not spoil a batch. */
  submit(user: UserId, seen: boolean): Promise<TaskId>;
};

/** DeleteUsers takes up to 100 users a call, and 6 calls a minute. */
const BATCH = 100;

const A_DAY_MS = 86_400_000;

/**
 * Deletes users in batches: one leaves when its slot of the rate limit has come, with all who have asked by then.
 * A batch that Stream refuses because of one user is halved until that user stands alone.
 */
export const openDeletions = (
  client: StreamClient,
  slots: Slots,
  options: DeletionOptions,
  look: (users: readonly UserId[]) => Promise<Sight[]>,
): Deletions => {
  const submission = () =>
    batched<TaskId>(
      async () => (slots.takePass() ? undefined : waitAndTakePass(slots, LONGEST_WAIT_MS)),
      (users) => submit(client, slots, users, options),
    );
  const [submitSeen, submitUnseen] = [submission(), submission()];
  return {
    board: openBoarding(slots, look, BATCH),
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

import DataLoader from "dataloader";
import type { TaskId, UserId } from "../identifiers.ts";
import { type DeletionOptions, openClient, type StreamClient } from "./client.ts";
import { StreamError } from "./errors.ts";
import { type Credentials, openHttp } from "./http.ts";

export type StreamAppOptions = Credentials & {
  deletion: DeletionOptions;
  /** QueryUsers fields that may hold an e-mail address, for instance `email` and `custom.email`. */
  emailFields: readonly string[];
  /** How long a batch waits for company. */
  batchWindowMs?: number;
};

/** One Stream app as privacy requests need it: look-up, export, deletion, tasks. All functions throw StreamError. */
export type StreamApp = Pick<
  StreamClient,
  "getApp" | "getRateLimits" | "exportUser" | "getTask"
> & {
  /** @returns every user that has the address, as given or in lower case, in one of the e-mail fields. */
  findByEmail(email: string): Promise<UserId[]>;
  /** @returns whether QueryUsers shows the user. One who is soft-deleted is hidden, but not erased. */
  isVisible(user: UserId): Promise<boolean>;
  /**
   * Has Stream delete the user, in one call with others that ask at the same time.
   * @param seen whether the look-up found the user: one unknown id must not spoil a batch of known ones.
   * @returns the task that does it, shared by up to 100 users.
   */
  submitDeletion(user: UserId, seen: boolean): Promise<TaskId>;
};

const BATCH = 100;

export const openStreamApp = async (options: StreamAppOptions): Promise<StreamApp> => {
  const client = openClient(await openHttp(options));
  const batched = <Value>(load: (users: readonly UserId[]) => Promise<(Value | Error)[]>) =>
    new DataLoader<UserId, Value>(load, {
      cache: false,
      maxBatchSize: BATCH,
      batchScheduleFn: (dispatch) => setTimeout(dispatch, options.batchWindowMs ?? 25),
    });
  const visible = batched(async (users) => {
    const found = new Set(await client.queryUserIds({ id: { $in: [...new Set(users)] } }));
    return users.map((user) => found.has(user));
  });
  const deletions = () => batched((users) => submitAll(client, [...users], options.deletion));
  const [seenDeletions, unseenDeletions] = [deletions(), deletions()];

  return {
    ...client,
    async findByEmail(email) {
      const spellings = [...new Set([email, email.toLowerCase()])];
      const anyField = options.emailFields.map((field) => ({ [field]: { $in: spellings } }));
      return client.queryUserIds({ $or: anyField });
    },
    isVisible: (user) => visible.load(user),
    submitDeletion: (user, seen) => (seen ? seenDeletions : unseenDeletions).load(user),
  };
};

/** Submits a batch; one that Stream refuses because of one user is halved until that user stands alone. */
const submitAll = async (
  client: StreamClient,
  users: UserId[],
  options: DeletionOptions,
): Promise<(TaskId | Error)[]> => {
  try {
    const task = await client.deleteUsers([...new Set(users)], options);
    return users.map(() => task);
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
    if (users.length === 1 || !concernsOneUser(error)) return users.map(() => error);
    const middle = Math.ceil(users.length / 2);
    const first = await submitAll(client, users.slice(0, middle), options);
    return [...first, ...(await submitAll(client, users.slice(middle), options))];
  }
};

const concernsOneUser = (error: StreamError): boolean =>
  error.code === "invalid_input" || error.code === "not_found";

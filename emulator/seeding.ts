import type { App } from "./app.ts";
import type { DataSet } from "./data-sets.ts";
import { seedRecords } from "./seeded-records.ts";
import { seedRooms } from "./seeded-rooms.ts";
import { storedUser } from "./seeded-user.ts";

/**
 * A user as tests and the demo describe one, with how many records to make up in each data set: `votes` are on
 * the user's own polls, of which there is one at least then; `recordings` and `transcriptions` are so many in each of the group calls.
 */
export type SeedUser = Partial<Record<DataSet, number>> & {
  id: string;
  name?: string;
  /** Kept in `custom.email`. */
  email?: string;
  role?: string;
  image?: string;
  teams?: readonly string[];
  custom?: Readonly<Record<string, unknown>>;
  /** Texts of messages in the channel `messaging:general`, or how many to make up. */
  messages?: readonly string[] | number;
  /** Length of each made-up message. */
  messageBytes?: number;
  /** Makes the export about this large with made-up messages, at most 9,000. */
  megabytes?: number;
  /** How many reactions to make up. */
  reactions?: number;
  /** Ids of users that share a one-to-one channel with this one, each with a message from either side. */
  conversationsWith?: readonly string[];
  /** Ids of users that share a one-to-one call with this one. */
  callsWith?: readonly string[];
  /** Ids of users that have left the one-to-one channel with this one, and their message in it. */
  abandonedWith?: readonly string[];
  /** Ids of group channels to be a member of. */
  groups?: readonly string[];
  /** Ids of group channels to own. */
  owns?: readonly string[];
  /** Ids of calls with several others to be a member of. */
  groupCalls?: readonly string[];
  /** Ids of such calls that the user has created. */
  createdCalls?: readonly string[];
  /** Ids of polls to vote on besides; they may be somebody else's. */
  votesOn?: readonly string[];
  devices?: readonly string[];
  files?: readonly string[];
  feedActivities?: number;
  deactivated?: boolean;
  /** Marked deleted, with all data still there. */
  softDeleted?: boolean;
  /** Deleted for good: nothing is there but the id, which is never free again. */
  erased?: boolean;
  createdAt?: number;
};

/** Puts a user into an app's store, with all that belongs to it. */
export const seedUser = (app: App, seed: SeedUser): void => {
  app.users.put(storedUser(app, seed));
  if (seed.erased) {
    app.users.erase(seed.id);
    return;
  }
  seedRooms(app, seed);
  seedRecords(app, seed);
};

/** Puts many small users into the store. @returns their ids. */
export const seedMany = (
  app: App,
  count: number,
  describe: (index: number) => Partial<SeedUser> = () => ({}),
): string[] => {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const id = `user-${String(index).padStart(7, "0")}`;
    const seed = { id, name: `User ${index}`, email: `${id}@example.com`, ...describe(index) };
    seedUser(app, seed);
    ids.push(seed.id);
  }
  return ids;
};

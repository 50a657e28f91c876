import type { ConnectionConfig } from "../config/connection-config.ts";
import type { Connection } from "../connections.ts";
import type { UserId } from "../identifiers.ts";
import type { Inventory } from "../requests/inventory.ts";
import type { Step } from "../requests/step.ts";
import { countExport } from "../results/write-export.ts";
import type { StreamApp } from "../stream/app.ts";
import { type DataSet, dataSetsOf } from "../stream/data-sets.ts";
import { StreamError } from "../stream/errors.ts";
import { countFeeds, TooLongError } from "../stream/leftovers.ts";
import { type DataSetReader, refusesDataSet } from "../stream/read-data-set.ts";
import { abandonedIn, countConversations, groupCallsIn } from "../stream/rooms.ts";

/** Adds up what is found of a request's users. */
type Tally = {
  add(kind: string, count: number): void;
  counts: Record<string, number>;
  atLeast: Set<string>;
  notRead: Set<string>;
};

/**
 * Counts what Stream holds of users, before anything is touched: an export and every data set of each. A data set
 * that Stream refuses to give is named in `notRead`.
 * @param feeds the export tasks of feeds that have ended well; none for users who have no feeds, or none that Stream gives.
 * @throws StreamError when Stream cannot be read now.
 */
export const takeInventory = async (
  users: readonly UserId[],
  feeds: readonly Step[],
  { config, stream }: Connection,
  now: number,
): Promise<Inventory> => {
  const tally = openTally();
  for (const user of users) {
    tally.add("users", (await stream.isVisible(user)) ? 1 : 0);
    await countOwn(user, stream, tally);
    const reader = stream.dataSetsOf(user);
    for (const set of dataSetsOf(config.products)) {
      if (!config.skipDataSets.includes(set)) await countSet(set, reader, tally);
    }
  }
  if (config.products.includes("feeds")) await countFeedsIn(feeds, users, stream, tally);
  const { counts } = tally;
  return {
    at: new Date(now).toISOString(),
    counts,
    atLeast: [...tally.atLeast],
    notRead: [...tally.notRead],
    ...consequences(counts, config),
  };
};

const openTally = (): Tally => {
  const counts: Record<string, number> = {};
  return {
    counts,
    atLeast: new Set(),
    notRead: new Set(),
    add(kind, count) {
      counts[kind] = (counts[kind] ?? 0) + count;
    },
  };
};

const countOwn = async (user: UserId, stream: StreamApp, tally: Tally): Promise<void> => {
  try {
    const { messages = 0, reactions = 0 } = await countExport(await stream.exportUser(user));
    tally.add("messages", messages);
    tally.add("reactions", reactions);
  } catch (error) {
    const code = error instanceof StreamError ? error.code : undefined;
    // Stream refuses who has more than 10,000 of either, and does not say of which.
    if (code === "invalid_input") {
      for (const kind of ["messages", "reactions"]) tally.notRead.add(kind);
    } else if (code !== "not_found") throw error;
  }
};

const countSet = async (set: DataSet, reader: DataSetReader, tally: Tally): Promise<void> => {
  try {
    for await (const { items, truncated } of reader.read(set)) {
      tally.add(set, items.length);
      if (truncated) tally.atLeast.add(set);
      for (const [kind, count] of Object.entries(kindsOf(set, items))) tally.add(kind, count);
    }
  } catch (error) {
    if (!refusesDataSet(error)) throw error;
    if (error.code !== "not_found") tally.notRead.add(set);
  }
};

/** Of some sets DeleteUsers takes a part only. */
const kindsOf = (set: DataSet, items: readonly unknown[]): Tally["counts"] => {
  if (set === "memberships") {
    const conversations = countConversations(items);
    const abandoned_conversations = abandonedIn(items).length;
    const group_channels = items.length - conversations - abandoned_conversations;
    return { conversations, abandoned_conversations, group_channels };
  }
  if (set !== "calls") return {};
  const group_calls = groupCallsIn(items).length;
  return { group_calls, one_to_one_calls: items.length - group_calls };
};

const countFeedsIn = async (
  steps: readonly Step[],
  users: readonly UserId[],
  stream: StreamApp,
  tally: Tally,
): Promise<void> => {
  if (steps.length < users.length) tally.notRead.add("feeds");
  for (const task of steps.flatMap(({ tasks }) => tasks)) {
    try {
      tally.add("feeds", await countFeeds(stream.downloadExport(task)));
    } catch (error) {
      if (!(error instanceof TooLongError)) throw error;
      tally.notRead.add("feeds");
    }
  }
};

/** What the deletion will do to what was found. */
const consequences = (
  counts: Tally["counts"],
  { alsoDelete }: ConnectionConfig,
): Pick<Inventory, "alsoOthers" | "remains"> => {
  const goes = (kinds: readonly string[], also: boolean) => (also ? kinds : []);
  const stays = (kinds: readonly string[], also: boolean) => (also ? [] : kinds);
  const ofCalls = [
    [["group_calls"], alsoDelete.groupCalls],
    [["recordings", "transcriptions"], alsoDelete.groupCalls || alsoDelete.recordings],
  ] as const;
  const ofChannels = [["abandoned_conversations"], alsoDelete.abandonedConversations] as const;
  return {
    alsoOthers: only(counts, [
      ...["conversations", "one_to_one_calls"],
      ...ofCalls.flatMap(([kinds, also]) => goes(kinds, also)),
    ]),
    remains: only(counts, [
      "group_channels",
      ...[...ofCalls, ofChannels].flatMap(([kinds, also]) => stays(kinds, also)),
    ]),
  };
};

const only = (counts: Tally["counts"], kinds: readonly string[]): Tally["counts"] =>
  Object.fromEntries(
    Object.entries(counts).filter(([kind, count]) => kinds.includes(kind) && count > 0),
  );

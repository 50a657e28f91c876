import { z } from "zod";
import type { ConnectionConfig } from "../config/connection-config.ts";
import type { Connection } from "../connections.ts";
import type { UserId } from "../identifiers.ts";
import type { Inventory } from "../requests/inventory.ts";
import { countExport } from "../results/write-export.ts";
import type { StreamApp } from "../stream/app.ts";
import { type DataSet, dataSetsOf } from "../stream/data-sets.ts";
import { StreamError, type StreamErrorCode } from "../stream/errors.ts";

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
 * @throws StreamError when Stream cannot be read now.
 */
export const takeInventory = async (
  users: readonly UserId[],
  { config, stream }: Connection,
  now: number,
): Promise<Inventory> => {
  const tally = openTally();
  for (const user of users) {
    tally.add("users", (await stream.isVisible(user)) ? 1 : 0);
    await countOwn(user, stream, tally);
    for (const set of dataSetsOf(config.products)) {
      if (!config.skipDataSets.includes(set)) await countSet(set, user, stream, tally);
    }
  }
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

const countSet = async (
  set: DataSet,
  user: UserId,
  stream: StreamApp,
  tally: Tally,
): Promise<void> => {
  try {
    for await (const { items, truncated } of stream.readDataSet(set, user)) {
      tally.add(set, items.length);
      if (truncated) tally.atLeast.add(set);
      if (set === "memberships") tally.add("conversations", items.filter(isConversation).length);
      if (set === "calls") tally.add("one_to_one_calls", items.filter(isOneToOneCall).length);
    }
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (error.code !== "not_found") tally.notRead.add(set);
  }
};

const REFUSALS: ReadonlySet<StreamErrorCode> = new Set([
  "not_found",
  "permission_missing",
  "invalid_input",
  "refused",
]);

const isRefusal = (error: unknown): error is StreamError =>
  error instanceof StreamError && REFUSALS.has(error.code);

const Channel = z.looseObject({ channel: z.looseObject({ member_count: z.int() }) });
const Call = z.looseObject({ members: z.array(z.unknown()) });

/** DeleteUsers' `conversations` and `calls` are those of exactly two members. */
const isConversation = (item: unknown): boolean =>
  Channel.safeParse(item).data?.channel.member_count === 2;
const isOneToOneCall = (item: unknown): boolean => Call.safeParse(item).data?.members.length === 2;

/** What the deletion will do to what was counted; kinds that were not counted are left out. */
const consequences = (
  { memberships, conversations = 0, calls, one_to_one_calls = 0, recordings }: Tally["counts"],
  { alsoDelete }: ConnectionConfig,
): Pick<Inventory, "alsoOthers" | "remains"> => {
  const groupChannels =
    memberships === undefined ? {} : { group_channels: memberships - conversations };
  const groupCalls = calls === undefined ? {} : { group_calls: calls - one_to_one_calls };
  const media = recordings === undefined ? {} : { recordings };
  const mediaGoes = alsoDelete.groupCalls || alsoDelete.recordings;
  return {
    alsoOthers: {
      ...(memberships !== undefined && { conversations }),
      ...(calls !== undefined && { one_to_one_calls }),
      ...(alsoDelete.groupCalls && groupCalls),
      ...(mediaGoes && media),
    },
    remains: {
      ...groupChannels,
      ...(!alsoDelete.groupCalls && groupCalls),
      ...(!mediaGoes && media),
    },
  };
};

import type { App } from "./app.ts";
import { DATA_SET_NAMES, DATA_SETS, type DataSet, describeRecord } from "./data-sets.ts";
import { callCid } from "./seeded-rooms.ts";
import type { SeedUser } from "./seeding.ts";

/** Makes up what the seed counts, instead of what an earlier seed has. */
export const seedRecords = (app: App, seed: SeedUser): void => {
  const calls = [...(seed.groupCalls ?? []), ...(seed.createdCalls ?? [])].map(callCid);
  for (const set of DATA_SET_NAMES) {
    if (DATA_SETS[set].goesWith !== "call") replace(app, set, seed.id, seed);
    // Others in the call may have seeded its files.
    else if (seed[set] !== undefined) for (const cid of calls) replace(app, set, cid, seed);
  }
};

const replace = ({ records, now }: App, set: DataSet, owner: string, seed: SeedUser): void => {
  records.removeAll(set, owner);
  for (let index = 0; index < countOf(set, seed); index += 1) {
    const fields = describeRecord(set, owner, index, now());
    const poll_id = `${owner}-poll-${index % countOf("polls", seed)}`;
    records.add(set, set === "votes" ? { ...fields, poll_id } : fields);
  }
};

const countOf = (set: DataSet, seed: SeedUser): number => {
  const count = seed[set] ?? 0;
  return set === "polls" && seed.votes ? Math.max(1, count) : count;
};

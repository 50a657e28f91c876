import type { App } from "./app.ts";
import {
  DATA_SET_NAMES,
  DATA_SETS,
  type DataSet,
  describeRecord,
  type RecordFields,
} from "./data-sets.ts";
import { callCid } from "./seeded-rooms.ts";
import type { SeedUser } from "./seeding.ts";

/** Makes up what the seed counts, instead of what an earlier seed has. */
export const seedRecords = (app: App, seed: SeedUser): void => {
  const calls = [...(seed.groupCalls ?? []), ...(seed.createdCalls ?? [])].map(callCid);
  for (const set of DATA_SET_NAMES) {
    const ofCall = DATA_SETS[set].goesWith === "call";
    // What others in a call have seeded stays unless this seed counts it too.
    if (ofCall && seed[set] === undefined) continue;
    for (const owner of ofCall ? calls : [seed.id]) {
      replace(app, set, owner, particularsOf(set, seed));
    }
  }
};

/** What distinguishes each record that is to be made up. */
const particularsOf = (set: DataSet, seed: SeedUser): readonly RecordFields[] => {
  const { id, polls = 0, votes = 0, votesOn = [] } = seed;
  const ownPolls = votes > 0 ? Math.max(1, polls) : polls;
  if (set === "polls") return countOut(ownPolls);
  if (set !== "votes") return countOut(seed[set] ?? 0);
  const own = countOut(votes).map((_, index) => `${id}-poll-${index % ownPolls}`);
  return [...own, ...votesOn].map((poll_id) => ({ poll_id }));
};

const countOut = (count: number): readonly RecordFields[] => Array(count).fill({});

const replace = (
  { records, now }: App,
  set: DataSet,
  owner: string,
  particulars: readonly RecordFields[],
): void => {
  records.removeAll(set, owner);
  for (const [index, fields] of particulars.entries()) {
    records.add(set, { ...describeRecord(set, owner, index, now()), ...fields });
  }
};

import { DATA_SET_NAMES, DATA_SETS, type DataSet, type RecordFields } from "./data-sets.ts";

/** One record of a data set; its key orders the set and is what a page ends with. */
export type StoredRecord = { key: string; owner: string; fields: RecordFields };

export type Records = {
  add(set: DataSet, fields: RecordFields): void;
  of(set: DataSet, owner: string): readonly StoredRecord[];
  all(set: DataSet): StoredRecord[];
  /** How many records there are of some owners, set by set. */
  count(owners: readonly string[]): Record<DataSet, number>;
  remove(set: DataSet, record: StoredRecord): void;
  removeAll(set: DataSet, owner: string): void;
};

/** Everything the app stores besides users, rooms and tasks, by data set and owner. */
export const openRecords = (): Records => {
  const sets = new Map<DataSet, Map<string, StoredRecord[]>>();
  const owners = (set: DataSet) => {
    const known = sets.get(set) ?? new Map<string, StoredRecord[]>();
    sets.set(set, known);
    return known;
  };
  const of = (set: DataSet, owner: string) => sets.get(set)?.get(owner) ?? [];
  let added = 0;

  return {
    add(set, fields) {
      added += 1;
      const owner = String(fields[DATA_SETS[set].owner]);
      const record = { key: String(added).padStart(12, "0"), owner, fields };
      const known = owners(set).get(owner);
      if (known) known.push(record);
      else owners(set).set(owner, [record]);
    },
    of,
    all: (set) => [...owners(set).values()].flat(),
    count: (ownersAsked) =>
      countEach((set) => ownersAsked.reduce((sum, owner) => sum + of(set, owner).length, 0)),
    remove(set, record) {
      const rest = of(set, record.owner).filter((each) => each !== record);
      owners(set).set(record.owner, rest);
    },
    removeAll: (set, owner) => {
      sets.get(set)?.delete(owner);
    },
  };
};

/** A number for every data set. */
export const countEach = (count: (set: DataSet) => number): Record<DataSet, number> =>
  Object.fromEntries(DATA_SET_NAMES.map((set) => [set, count(set)])) as Record<DataSet, number>;

import { rm } from "node:fs/promises";
import type { Html } from "../../html.ts";
import { openTextFile } from "./text-file.ts";

/** Items that belong under one heading; `places` has the start and the length of each in the spool. */
export type Group = { name: string; places: number[] };

/** A top-level array of an export. */
export type Section = { name: string; count: number; groups: Map<string, Group> };

/** Rendered items wait here for their group: they come in the order of the file, and are read group by group. */
export type Spool = AsyncDisposable & {
  /** Names a section, though nothing may follow. */
  section(name: string): Section;
  add(section: string, group: string, item: Html): Promise<void>;
  sections(): Iterable<Section>;
  read(group: Group, from: number, to: number): AsyncIterable<Html>;
  /** To be called between the last `add` and the first `read`. */
  flush(): Promise<void>;
};

/** Keeps items in one temporary file, and of each item two numbers in memory. */
export const openSpool = async (path: string): Promise<Spool> => {
  const file = await openTextFile(path);
  const sections = new Map<string, Section>();
  let position = 0;
  const section = (name: string) =>
    found(sections, name, () => ({ name, count: 0, groups: new Map() }));
  return {
    section,
    sections: () => sections.values(),
    flush: () => file.flush(),
    async add(name, heading, item) {
      const target = section(name);
      const group = found(target.groups, heading, () => ({ name: heading, places: [] }));
      const length = await file.write(item);
      group.places.push(position, length);
      target.count += 1;
      position += length;
    },
    async *read({ places }, from, to) {
      for (let first = from; first < to; first += AT_ONCE) {
        const some = places.slice(2 * first, 2 * Math.min(to, first + AT_ONCE));
        yield* await Promise.all(pairs(some).map(([start, length]) => file.read(start, length)));
      }
    },
    async [Symbol.asyncDispose]() {
      await file[Symbol.asyncDispose]();
      await rm(path);
    },
  };
};

const AT_ONCE = 50;

const found = <Value>(map: Map<string, Value>, key: string, make: () => Value): Value => {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
};

const pairs = (numbers: readonly number[]): [number, number][] =>
  Array.from({ length: numbers.length / 2 }, (_, index) => [
    numbers[2 * index] ?? 0,
    numbers[2 * index + 1] ?? 0,
  ]);

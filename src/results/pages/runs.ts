import type { Group, Section } from "./spool.ts";

/** Consecutive items of one group on one page. */
export type Run = { group: Group; anchor: string; from: number; to: number; page: number };

/** Divides a section into runs, group after group, so that no page has more than `pageSize` items. */
export function* runsOf(section: Section, name: string, pageSize: number): Generator<Run> {
  let placed = 0;
  let ordinal = 0;
  for (const group of section.groups.values()) {
    ordinal += 1;
    const size = group.places.length / 2;
    for (let from = 0; from < size; ) {
      const to = Math.min(size, from + pageSize - (placed % pageSize));
      const page = Math.floor(placed / pageSize) + 1;
      yield { group, anchor: `${name}-${ordinal}`, from, to, page };
      placed += to - from;
      from = to;
    }
  }
}

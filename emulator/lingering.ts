/** How long leftovers are there: so many milliseconds of the emulator's clock, or so many answers that show them. */
export type Span = { ms: number } | { reads: number };

export type Lingering = {
  /** Calls `end` when the span is over. */
  add(userId: string, span: Span, end: () => void): void;
  /** An answer shows the user. */
  shown(userId: string): void;
  /** Ends what should be gone by now. Nothing runs by timer. */
  advance(): void;
};

type Entry = { userId: string; until: number; reads: number; end: () => void };

/** Leftovers that vanish by themselves, as with a store that is consistent only in the end. */
export const openLingering = (now: () => number): Lingering => {
  const entries = new Set<Entry>();
  const endAll = (over: (entry: Entry) => boolean) => {
    for (const entry of [...entries].filter(over)) {
      entries.delete(entry);
      entry.end();
    }
  };

  return {
    add(userId, span, end) {
      const until = "ms" in span ? now() + span.ms : Number.POSITIVE_INFINITY;
      const reads = "reads" in span ? span.reads : Number.POSITIVE_INFINITY;
      entries.add({ userId, until, reads, end });
    },
    shown(userId) {
      if (entries.size === 0) return;
      for (const entry of entries) if (entry.userId === userId) entry.reads -= 1;
      endAll(({ reads }) => reads <= 0);
    },
    advance() {
      if (entries.size === 0) return;
      const time = now();
      endAll(({ until }) => until <= time);
    },
  };
};

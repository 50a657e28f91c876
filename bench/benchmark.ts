/** How large the measurements are. */
export type Sizes = {
  /** How long Stream's minute lasts; whole seconds, because its headers tell whole seconds. */
  windowMs: number;
  deletions: number;
  bareDeletions: number;
  longTasks: number;
  throughput: number;
  runs: number;
  /** The same for exports, of which each is a dozen calls and more. */
  accessWindowMs: number;
  exports: number;
  exportMegabytes: readonly number[];
  latencies: number;
  backlogs: readonly number[];
  saturation: number;
};

export const FULL: Sizes = {
  windowMs: 2000,
  deletions: 10_000,
  bareDeletions: 12,
  longTasks: 1000,
  throughput: 30_000,
  runs: 3,
  accessWindowMs: 10_000,
  exports: 144,
  exportMegabytes: [1, 10, 100],
  latencies: 150,
  backlogs: [1000, 10_000, 100_000],
  saturation: 10_000,
};

export const QUICK: Sizes = {
  windowMs: 1000,
  deletions: 800,
  bareDeletions: 6,
  longTasks: 200,
  throughput: 2000,
  runs: 1,
  accessWindowMs: 5000,
  exports: 24,
  exportMegabytes: [1, 30],
  latencies: 20,
  backlogs: [500, 2500],
  saturation: 1000,
};

/** Stream's own minute: slow, to check what the accelerated clock shows. */
export const REAL_CLOCK: Sizes = {
  ...QUICK,
  windowMs: 60_000,
  deletions: 600,
  bareDeletions: 3,
  longTasks: 100,
  accessWindowMs: 60_000,
  exports: 60,
};

/** Measures something. @returns paragraphs and tables in Markdown. */
export type Benchmark = (sizes: Sizes) => Promise<string[]>;

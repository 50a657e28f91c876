import { PREFIX } from "../src/queues/queues.ts";
import { MOST_SOCKETS } from "../src/stream/http.ts";
import { addBare, untilBareIdle } from "./bare.ts";
import { BARE_QUEUES } from "./bare-queues.ts";
import type { Benchmark, Sizes } from "./benchmark.ts";
import { type Lab, openLab } from "./lab.ts";
import { decimals, median, quantile, times } from "./numbers.ts";
import { scriptCalls } from "./redis-info.ts";
import { addRequests, completedRecords, spanOf, untilSettled } from "./requests.ts";
import { table, verdict } from "./table.ts";

const CONCURRENCY = 2000;
const LATENCY_MS = 50;

// The shortest task: it has ended when anybody looks.
const APP = {
  limits: false,
  latencyMs: LATENCY_MS,
  tasks: { pendingMs: 0, runningMs: 1 },
} as const;

/** `aSecond` from the first tenth to the last, `whole` with the start and the end. */
type Run = { aSecond: number; whole: number; scripts: number };
type Measured = (sizes: Sizes) => Promise<Run>;

/** Deletions a second without limits, against workers that do nothing but call, and what they cost in Redis. */
export const throughput: Benchmark = async (sizes) => {
  const bare = await repeated(runBare(MOST_SOCKETS), sizes);
  const unlimited = await repeated(runBare(Infinity), sizes);
  const ours = await repeated(runOurs, sizes);
  const row = (name: string, run: Run, ...met: string[]) => [
    name,
    decimals(run.aSecond),
    decimals(run.whole),
    times(run.aSecond / bare.aSecond),
    times(run.aSecond / unlimited.aSecond),
    decimals(run.scripts, 2),
    ...met,
  ];
  return [
    `${decimals(sizes.throughput)} deletions after a warm-up of ${decimals(warmUpOf(sizes))}, one worker process, concurrency ${decimals(CONCURRENCY)}, answers after ${LATENCY_MS} ms; median of ${sizes.runs}.`,
    table(
      [
        "",
        "deletions/s",
        "with start and end",
        "to bare",
        "to unlimited",
        "script calls a deletion",
        "target ≥ 3×",
        "target ≤ 3 calls",
      ],
      [
        row(`bare worker, ${MOST_SOCKETS} connections`, bare, "", ""),
        row("bare worker, unlimited connections", unlimited, "", ""),
        row(
          "stream-dsr, to completed",
          ours,
          verdict(ours.aSecond >= 3 * bare.aSecond),
          verdict(ours.scripts <= 3),
        ),
      ],
    ),
  ];
};

const repeated = async (measure: Measured, sizes: Sizes): Promise<Run> => {
  const runs: Run[] = [];
  for (let run = 0; run < sizes.runs; run++) runs.push(await measure(sizes));
  return {
    aSecond: median(runs.map(({ aSecond }) => aSecond)),
    whole: median(runs.map(({ whole }) => whole)),
    scripts: median(runs.map(({ scripts }) => scripts)),
  };
};

const warmUpOf = ({ throughput: count }: Sizes): number => Math.round(count / 10);

const runOurs: Measured = async (sizes) => {
  await using lab = await openLab([APP]);
  const { warmUp, measured } = await seeded(lab, sizes);
  await lab.startWorker("off", { DELETE_CONCURRENCY: String(CONCURRENCY) });
  await addRequests(lab.redisUrl, { type: "delete", userIds: warmUp });
  await untilSettled(lab.redis);
  const before = await scriptCalls(lab.redis);
  const queue = lab.queue("delete", { prefix: PREFIX });
  await queue.pause();
  const ids = await addRequests(lab.redisUrl, { type: "delete", userIds: measured });
  await queue.resume();
  await untilSettled(lab.redis);
  const scripts = (await scriptCalls(lab.redis)) - before;
  const records = await completedRecords(lab.redis, ids);
  const ends = records.map(({ history }) => Date.parse(history.at(-1)?.at ?? ""));
  return { ...ratesOf(spanOf(records).from, ends), scripts: scripts / ids.length };
};

const runBare =
  (maxSockets: number): Measured =>
  async (sizes) => {
    await using lab = await openLab([APP]);
    const { warmUp, measured } = await seeded(lab, sizes);
    await lab.startBare({ concurrency: CONCURRENCY, maxSockets });
    const queue = lab.queue(BARE_QUEUES.delete);
    await addBare(lab, "delete", warmUp);
    await untilBareIdle(lab, "delete");
    const before = await scriptCalls(lab.redis);
    await queue.pause();
    await addBare(lab, "delete", measured);
    await queue.resume();
    await untilBareIdle(lab, "delete");
    const scripts = (await scriptCalls(lab.redis)) - before;
    const jobs = await queue.getCompleted(0, measured.length - 1);
    const starts = jobs.map(({ processedOn = Number.NaN }) => processedOn);
    const ends = jobs.map(({ finishedOn = Number.NaN }) => finishedOn);
    return { ...ratesOf(quantile(starts, 0), ends), scripts: scripts / jobs.length };
  };

const ratesOf = (start: number, ends: readonly number[]): Pick<Run, "aSecond" | "whole"> => {
  const [early, late, last] = [0.1, 0.9, 1].map((part) => quantile(ends, part) / 1000);
  const NONE = Number.NaN;
  return {
    aSecond: (0.8 * ends.length) / ((late ?? NONE) - (early ?? NONE)),
    whole: ends.length / ((last ?? NONE) - start / 1000),
  };
};

const seeded = async (lab: Lab, sizes: Sizes) => {
  const count = warmUpOf(sizes) + sizes.throughput;
  const userIds = await lab.emulator.ask("seedMany", { count });
  return { warmUp: userIds.slice(0, warmUpOf(sizes)), measured: userIds.slice(warmUpOf(sizes)) };
};

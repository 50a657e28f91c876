import { PREFIX } from "../src/queues/queues.ts";
import type { Benchmark } from "./benchmark.ts";
import { openLab } from "./lab.ts";
import { decimals, times } from "./numbers.ts";
import { usedMemory } from "./redis-info.ts";
import { addRequests, completedRecords, spanOf, untilSettled } from "./requests.ts";
import { table } from "./table.ts";

const WARM_UP = 1000;

type Measured = { waiting: number; addMs: number; workMs: number; bytes: number; after: number };

/** Whether a long queue makes each request dearer. */
export const backlog: Benchmark = async ({ backlogs }) => {
  const all: Measured[] = [];
  for (const waiting of backlogs) all.push(await measure(waiting));
  const [first] = all;
  const cell = (measured: Measured, field: "addMs" | "workMs" | "bytes", places: number) => [
    decimals(measured[field], places),
    times(measured[field] / (first?.[field] ?? Number.NaN)),
  ];
  const head = ["waiting", "add ms", "", "work ms", "", "bytes waiting", "", "bytes ended"];
  return [
    "Each on a Redis of its own, one worker, no limits and no latency; time and Redis memory are per request, ratios to the first row. Work is counted until Stream has accepted the last deletion: the second until the first look at its task would weigh on the short queue only.",
    table(
      head,
      all.map((measured) => [
        decimals(measured.waiting),
        ...cell(measured, "addMs", 3),
        ...cell(measured, "workMs", 3),
        ...cell(measured, "bytes", 0),
        decimals(measured.after),
      ]),
    ),
  ];
};

const measure = async (waiting: number): Promise<Measured> => {
  const app = { limits: false, recordCalls: false, tasks: { pendingMs: 0, runningMs: 1 } } as const;
  await using lab = await openLab([app]);
  const userIds = await lab.emulator.ask("seedMany", { count: waiting + WARM_UP });
  const add = (some: readonly string[]) =>
    addRequests(lab.redisUrl, { type: "delete", userIds: some });
  const queue = lab.queue("delete", { prefix: PREFIX });
  await lab.startWorker("off");
  await add(userIds.slice(0, WARM_UP));
  await untilSettled(lab.redis);
  await queue.pause();

  const before = await usedMemory(lab.redis);
  const startedAt = performance.now();
  const ids = await add(userIds.slice(WARM_UP));
  const addMs = (performance.now() - startedAt) / waiting;
  const bytes = ((await usedMemory(lab.redis)) - before) / waiting;
  await queue.resume();
  await untilSettled(lab.redis);
  const after = ((await usedMemory(lab.redis)) - before) / waiting;
  const { from, to } = spanOf(await completedRecords(lab.redis, ids), "in_progress/polling");
  return { waiting, addMs, workMs: (to - from) / waiting, bytes, after };
};

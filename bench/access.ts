import { exportMemory } from "./access-memory.ts";
import type { Benchmark, Sizes } from "./benchmark.ts";
import { openLab } from "./lab.ts";
import { decimals, percent } from "./numbers.ts";
import { addRequests, completedRecords, untilSettled } from "./requests.ts";
import { table, verdict } from "./table.ts";

const SHARE = 0.8;
const CEILING = 60 * SHARE;

/** Exports a minute under Stream's limit, and the speed and memory of large ones. */
export const access: Benchmark = async (sizes) => [
  `Stream's minute lasts ${decimals(sizes.accessWindowMs)} ms in this table. The ceiling is 60 calls × ${SHARE} = ${CEILING} exports a minute.`,
  await paceTable(sizes),
  ...(await exportMemory(sizes)),
];

const paceTable = async (sizes: Sizes): Promise<string> => {
  const rows: string[][] = [];
  for (const workers of [1, 2]) rows.push(await paceRow(workers, sizes));
  const head = ["", "exports", "a minute", "of ceiling", "429", "target: none above, no 429"];
  return table(head, rows);
};

const paceRow = async (
  workers: number,
  { accessWindowMs: windowMs, exports: count }: Sizes,
): Promise<string[]> => {
  await using lab = await openLab([{ windowMs }]);
  const userIds = await lab.emulator.ask("seedMany", { count });
  const ids = await addRequests(lab.redisUrl, { type: "access", userIds });
  const limits = { share: SHARE, windowMs };
  await Promise.all(Array.from({ length: workers }, () => lab.startWorker(limits)));
  await untilSettled(lab.redis);
  await completedRecords(lab.redis, ids);
  const calls = await lab.emulator.ask("calls", undefined);
  const times = calls.filter(({ operation }) => operation === "ExportUser").map(({ at }) => at);
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const pace = (times.length - 1) / (span / windowMs);
  const refused = calls.filter(({ status }) => status === 429).length;
  return [
    workers === 1 ? "1 worker" : `${workers} workers`,
    decimals(times.length),
    decimals(pace, 1),
    percent(pace / CEILING),
    decimals(refused),
    verdict(refused === 0),
  ];
};

import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "bullmq";
import { PREFIX } from "../src/queues/queues.ts";
import { addBare } from "./bare.ts";
import { BARE_QUEUES } from "./bare-queues.ts";
import type { Sizes } from "./benchmark.ts";
import { type Lab, openLab } from "./lab.ts";
import { decimals, median, times } from "./numbers.ts";
import { addRequests } from "./requests.ts";
import { table, verdict } from "./table.ts";
import { until } from "./until.ts";

const MOST_GROWTH_MB = 32;
const WARM_UP_EXPORTS = 5;

type Exported = { bytes: number; ms: number };
/** A worker that can export a user. */
type Exporter = { pid: number; exportUser(userId: string): Promise<Exported> };
type Measured = { megabytes: number; aSecond: number; growth: number };

/** Speed and memory of single exports, each in a worker of its own that has exported small users before. */
export const exportMemory = async (sizes: Sizes): Promise<string[]> => {
  const rows: string[][] = [];
  for (const megabytes of sizes.exportMegabytes) {
    const bare = await repeated(startBare, megabytes, sizes.runs);
    const ours = await repeated(startOurs, megabytes, sizes.runs);
    rows.push(
      row("bare worker, body in memory", bare, bare, ""),
      row("stream-dsr", ours, bare, verdict(ours.growth <= MOST_GROWTH_MB)),
    );
  }
  const head = ["", "export", "MB/s", "to bare", "memory grows by", "target ≤ 32 MB"];
  return [
    `One export at a time, no limits. Speed is the median of ${sizes.runs}, memory the worst of ${sizes.runs}: VmHWM during the export minus VmRSS of the idle worker before it, after ${WARM_UP_EXPORTS} exports of 1 MB.`,
    table(head, rows),
  ];
};

const row = (name: string, measured: Measured, bare: Measured, met: string): string[] => [
  name,
  `${decimals(measured.megabytes, 1)} MB`,
  decimals(measured.aSecond, 1),
  times(measured.aSecond / bare.aSecond),
  `${decimals(measured.growth, 1)} MB`,
  met,
];

const repeated = async (
  start: (lab: Lab) => Promise<Exporter>,
  megabytes: number,
  runs: number,
): Promise<Measured> => {
  const measured: Measured[] = [];
  for (let run = 0; run < runs; run++) measured.push(await measure(start, megabytes));
  return {
    megabytes: measured[0]?.megabytes ?? 0,
    aSecond: median(measured.map(({ aSecond }) => aSecond)),
    growth: Math.max(...measured.map(({ growth }) => growth)),
  };
};

const measure = async (
  start: (lab: Lab) => Promise<Exporter>,
  megabytes: number,
): Promise<Measured> => {
  await using lab = await openLab([{ limits: false }]);
  const users = [
    { id: "small", megabytes: 1 },
    { id: "large", megabytes },
  ];
  await lab.emulator.ask("seed", { users });
  const { pid, exportUser } = await start(lab);
  for (let count = 0; count < WARM_UP_EXPORTS; count++) await exportUser("small");
  await sleep(1000);
  const idle = await memoryOf(pid, "VmRSS");
  // Linux: makes VmHWM start again from the present size (proc(5), clear_refs).
  await writeFile(`/proc/${pid}/clear_refs`, "5");
  const { bytes, ms } = await exportUser("large");
  const growth = (await memoryOf(pid, "VmHWM")) - idle;
  return { megabytes: bytes / 1e6, aSecond: bytes / 1e6 / (ms / 1000), growth };
};

const memoryOf = async (pid: number, field: "VmRSS" | "VmHWM"): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const [, kibibytes] = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status) ?? [];
  return (Number(kibibytes) * 1024) / 1e6;
};

const startOurs = async (lab: Lab): Promise<Exporter> => {
  const { pid } = await lab.startWorker("off");
  const queue = lab.queue("access", { prefix: PREFIX });
  return {
    pid,
    async exportUser(userId) {
      const [id = ""] = await addRequests(lab.redisUrl, { type: "access", userIds: [userId] });
      const ms = await durationOf(() => queue.getJob(id));
      return { ms, bytes: (await stat(join(lab.directory, "exports", id, "user-1.json"))).size };
    },
  };
};

const startBare = async (lab: Lab): Promise<Exporter> => {
  const { pid } = await lab.startBare({ concurrency: 4 });
  const queue = lab.queue(BARE_QUEUES.access);
  return {
    pid,
    async exportUser(userId) {
      const [job] = await addBare(lab, "access", [userId]);
      const ms = await durationOf(() => queue.getJob(job?.id ?? ""));
      return { ms, bytes: (await stat(join(lab.directory, `${userId}.json`))).size };
    },
  };
};

/** Waits until a job is completed. @returns for how long it was worked. */
const durationOf = async (read: () => Promise<Job | undefined>): Promise<number> => {
  let job: Job | undefined;
  await until(async () => {
    job = await read();
    if (job?.failedReason) throw new Error(`The export failed: ${job.failedReason}`);
    return job?.finishedOn !== undefined;
  }, 20);
  return (job?.finishedOn ?? Number.NaN) - (job?.processedOn ?? Number.NaN);
};

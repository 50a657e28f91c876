import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DEFAULT_APP } from "../emulator/settings.ts";
import type { Benchmark, Sizes } from "./benchmark.ts";
import { type Lab, openLab } from "./lab.ts";
import { decimals, median, times } from "./numbers.ts";
import { addRequests, completedRecords, untilEnded } from "./requests.ts";
import { table, verdict } from "./table.ts";

const REQUESTS = 50;
const SETTLE_MS = 5000;
// Shorter than the time until the first look, so that chance does not decide whether one look is enough.
const TASKS = { pendingMs: 100, runningMs: 300 };
const OTHER_APP = { ...DEFAULT_APP, name: "Other", apiKey: "m4w8r2k6tz9x" };

type Crowd = "alone" | "right behind" | "in the midst";

/** Whether one connection's flood delays the requests of another one. */
export const fairness: Benchmark = async (sizes) => {
  const measured = async (crowd: Crowd) => {
    const all: number[] = [];
    for (let run = 0; run < sizes.runs; run++) all.push(await measure(crowd, sizes));
    return median(all);
  };
  const alone = await measured("alone");
  const row = (name: string, ms: number) => [
    name,
    decimals(ms),
    times(ms / alone),
    ms === alone ? "" : verdict(ms <= 2 * alone),
  ];
  const flood = `${decimals(sizes.saturation)} of another connection`;
  return [
    `${REQUESTS} deletions of one connection until the last is completed; Stream's minute lasts ${decimals(sizes.windowMs)} ms, one worker, median of ${sizes.runs}.`,
    table(
      ["", "ms", "to alone", "target ≤ 2×"],
      [
        row("alone", alone),
        row(`added right after ${flood}`, await measured("right behind")),
        row(`added ${SETTLE_MS / 1000} s after ${flood}`, await measured("in the midst")),
      ],
    ),
  ];
};

const measure = async (crowd: Crowd, { windowMs, saturation }: Sizes): Promise<number> => {
  await using lab = await openLab([
    { windowMs, tasks: TASKS },
    { ...OTHER_APP, windowMs, tasks: TASKS },
  ]);
  const CONNECTIONS_FILE = await writeConnections(lab);
  await lab.startWorker({ share: 0.8, windowMs }, { CONNECTIONS_FILE });
  await warmUp(lab);
  if (crowd !== "alone") {
    const userIds = await lab.emulator.ask("seedMany", { count: saturation });
    await addRequests(lab.redisUrl, { type: "delete", userIds });
  }
  if (crowd === "in the midst") await sleep(SETTLE_MS);
  return await timeToComplete(lab, "second-");
};

// Also leaves the warm-up's slot behind: every measurement begins with a limit that is not in use.
const warmUp = async (lab: Lab): Promise<void> => {
  await timeToComplete(lab, "first-");
};

const timeToComplete = async (lab: Lab, prefix: string): Promise<number> => {
  const { apiKey } = OTHER_APP;
  const userIds = Array.from({ length: REQUESTS }, (_, index) => `${prefix}${index}`);
  await lab.emulator.ask("seed", { users: userIds.map((id) => ({ id })), apiKey });
  const startedAt = Date.now();
  const ids = await addRequests(lab.redisUrl, { type: "delete", userIds, connection: "other" });
  await untilEnded(lab.redis, ids);
  const records = await completedRecords(lab.redis, ids);
  const ends = records.map(({ history }) => Date.parse(history.at(-1)?.at ?? ""));
  return Math.max(...ends) - startedAt;
};

const writeConnections = async ({ directory, streamUrl }: Lab): Promise<string> => {
  const { apiKey, apiSecret } = OTHER_APP;
  const path = join(directory, "connections.json");
  const verification = { enabled: false };
  const connections = [{ name: "other", apiKey, apiSecret, baseUrl: streamUrl, verification }];
  await writeFile(path, JSON.stringify({ connections }));
  return path;
};

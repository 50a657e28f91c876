import { addBare, untilBareIdle } from "./bare.ts";
import type { Benchmark, Sizes } from "./benchmark.ts";
import type { Call } from "./emulator-process.ts";
import { openLab } from "./lab.ts";
import { decimals, percent, sum, times } from "./numbers.ts";
import { addRequests, completedRecords, untilSettled } from "./requests.ts";
import { table, verdict } from "./table.ts";

const SHARE = 0.8;
const CALLS_A_MINUTE = 6;
const USERS_A_CALL = 100;
const CEILING = CALLS_A_MINUTE * USERS_A_CALL * SHARE;
const MOST_CALLS_A_DELETION = 0.06;

type Run = { name: string; requests: number; windowMs: number; calls: Call[] };

/** Deletions a minute under Stream's limits, and what they cost in calls. */
export const deletions: Benchmark = async (sizes) => {
  const bare = await runBare(sizes);
  const runs: Run[] = [];
  for (const workers of [1, 2, 4]) runs.push(await runOurs(workers, sizes.deletions, sizes));
  const single = (name: string, conditions: Conditions) =>
    runOurs(1, sizes.longTasks, sizes, conditions).then((run) => ({ ...run, name }));
  const long = await single(`1 worker, tasks of ${LONG_TASK_MS / 1000} s`, {
    taskMs: LONG_TASK_MS,
  });
  const verified = await single("1 worker, erasure verified twice", { verification: VERIFIED });
  return [
    `Stream's minute lasts ${decimals(sizes.windowMs)} ms here. The ceiling is ${CALLS_A_MINUTE} calls × ${USERS_A_CALL} users × ${SHARE} = ${CEILING} deletions a minute.`,
    paceTable(bare, runs),
    callsTable([...runs, long, verified]),
  ];
};

const LONG_TASK_MS = 10_000;
const VERIFIED = { enabled: true, delaySeconds: 2 };

type Conditions = { taskMs?: number; verification?: object };

const runOurs = async (
  workers: number,
  requests: number,
  { windowMs }: Sizes,
  { taskMs, verification }: Conditions = {},
): Promise<Run> => {
  await using lab = await openLab([{ windowMs, ...(taskMs && { tasks: { runningMs: taskMs } }) }]);
  const userIds = await lab.emulator.ask("seedMany", { count: requests });
  const ids = await addRequests(lab.redisUrl, { type: "delete", userIds });
  const limits = { share: SHARE, windowMs };
  const variables = verification && { STREAM_VERIFICATION: JSON.stringify(verification) };
  await Promise.all(Array.from({ length: workers }, () => lab.startWorker(limits, variables)));
  await untilSettled(lab.redis);
  await completedRecords(lab.redis, ids);
  const name = workers === 1 ? "1 worker" : `${workers} workers`;
  return { name, requests, windowMs, calls: await lab.emulator.ask("calls", undefined) };
};

const runBare = async ({ windowMs, bareDeletions: requests }: Sizes): Promise<Run> => {
  await using lab = await openLab([{ windowMs }]);
  await addBare(lab, "delete", await lab.emulator.ask("seedMany", { count: requests }));
  const duration = windowMs / (CALLS_A_MINUTE * SHARE);
  await lab.startBare({ concurrency: 500, limiter: { max: 1, duration } });
  await untilBareIdle(lab, "delete");
  const calls = await lab.emulator.ask("calls", undefined);
  return { name: "one call per user", requests, windowMs, calls };
};

/** Users of all DeleteUsers calls but the first, over the time from the first call to the last. */
const paceOf = ({ calls, windowMs }: Run): number => {
  const deletes = deletesIn(calls);
  const [first, last] = [deletes[0], deletes.at(-1)];
  if (!first || !last) return Number.NaN;
  const users = sum(deletes.map((call) => call.users)) - first.users;
  return users / ((last.at - first.at) / windowMs);
};

const deletesIn = (calls: readonly Call[]) =>
  calls.filter(({ operation, status }) => operation === "DeleteUsers" && status === 201);

const paceTable = (bare: Run, runs: readonly Run[]): string => {
  const barePace = paceOf(bare);
  return table(
    [
      "",
      "requests",
      "DeleteUsers",
      "users a call",
      "a minute",
      "of ceiling",
      "to bare",
      "429",
      "target ≥ 95 %",
    ],
    [bare, ...runs].map((run) => {
      const deletes = deletesIn(run.calls);
      const pace = paceOf(run);
      const refused = run.calls.filter(({ status }) => status === 429).length;
      return [
        run.name,
        decimals(run.requests),
        decimals(deletes.length),
        decimals(sum(deletes.map((call) => call.users)) / deletes.length, 1),
        decimals(pace, 1),
        percent(pace / CEILING),
        times(pace / barePace),
        decimals(refused),
        run === bare ? "" : verdict(pace >= 0.95 * CEILING && refused === 0),
      ];
    }),
  );
};

const callsTable = (runs: readonly Run[]): string =>
  table(
    [
      "Stream calls",
      "requests",
      "DeleteUsers",
      "QueryUsers",
      "GetTask",
      "others",
      "a deletion",
      "target ≤ 0.06",
    ],
    runs.map(({ name, requests, calls }) => {
      const count = (operation: string) =>
        calls.filter((call) => call.operation === operation).length;
      const named = ["DeleteUsers", "QueryUsers", "GetTask"].map(count);
      const each = calls.length / requests;
      return [
        name,
        decimals(requests),
        ...named.map((value) => decimals(value)),
        decimals(calls.length - sum(named)),
        decimals(each, 3),
        verdict(each <= MOST_CALLS_A_DELETION),
      ];
    }),
  );

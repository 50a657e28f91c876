import { setTimeout as sleep } from "node:timers/promises";
import type { OperationId } from "../emulator/operations.ts";
import { openProducer, type Producer } from "../src/queues/producer.ts";
import type { Benchmark } from "./benchmark.ts";
import { type Lab, openLab } from "./lab.ts";
import { decimals, quantile } from "./numbers.ts";
import { untilEnded } from "./requests.ts";
import { table } from "./table.ts";

// Limits are kept as in production, scripts and all, but so wide that no request waits for one.
const WIDE = { QueryUsers: 60_000, ExportUser: 60_000, DeleteUsers: 60_000 };
const LIMITS = { share: 0.8, windowMs: 60_000 };
const WARM_UP = 20;

type Type = "access" | "delete";

/** How long a single request takes to reach Stream when nothing else is going on. */
export const latency: Benchmark = async ({ latencies }) => {
  await using lab = await openLab([{ limits: WIDE }]);
  await lab.startWorker(LIMITS, { STREAM_ASYNCHRONOUS_DELETION: "complete-on-submit" });
  await using producer = await openProducer(lab.redisUrl);
  const userIds = await lab.emulator.ask("seedMany", { count: latencies + WARM_UP });
  const waits = async (type: Type, operations: readonly OperationId[]) => {
    const all: number[][] = [];
    for (const userId of userIds) all.push(await waitsOf(type, userId, operations, lab, producer));
    return operations.map((_, index) => all.slice(WARM_UP).map((each) => each[index] ?? 0));
  };
  const [exported = []] = await waits("access", ["ExportUser"]);
  const [lookedUp = [], deleted = []] = await waits("delete", ["QueryUsers", "DeleteUsers"]);
  const row = (name: string, values: readonly number[]) => [
    name,
    ...[0.5, 0.99, 1].map((part) => decimals(quantile(values, part), 1)),
  ];
  return [
    `${latencies} requests of each type, one at a time, after ${WARM_UP} to warm up. Times in ms, from just before \`add\` to the call's arrival at the emulator.`,
    table(
      ["", "p50", "p99", "longest"],
      [
        row("access, to ExportUser", exported),
        row("delete, to the look-up (QueryUsers)", lookedUp),
        row("delete, to DeleteUsers", deleted),
      ],
    ),
  ];
};

const waitsOf = async (
  type: Type,
  userId: string,
  operations: readonly OperationId[],
  { emulator, redis }: Lab,
  producer: Producer,
): Promise<number[]> => {
  await emulator.ask("clearCalls", undefined);
  // No rhythm that a timer of the worker could fall in with.
  await sleep(20 + 60 * Math.random());
  const addedAt = Date.now();
  const add = type === "access" ? producer.requestAccess : producer.requestDelete;
  await untilEnded(redis, [await add({ subject: { userId } })], 20);
  const calls = await emulator.ask("calls", undefined);
  return operations.map((operation) => {
    const call = calls.find((each) => each.operation === operation);
    if (!call) throw new Error(`${operation} was not called for ${userId}`);
    return call.at - addedAt;
  });
};

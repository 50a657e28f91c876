import type { QueueJobJson } from "@bull-board/api/typings/app";
import type { Job } from "bullmq";
import { z } from "zod";
import { ConnectionName, RequestId, TaskId } from "../identifiers.ts";
import { QUEUE_NAMES } from "../queues/queues.ts";

/** What BullMQ and our workers write. What a producer writes is checked piece by piece below. */
const OURS = [
  "id",
  "timestamp",
  "processedOn",
  "processedBy",
  "finishedOn",
  "attemptsMade",
  "attemptsStarted",
  "stalledCounter",
  "delay",
  "priority",
  "failedReason",
  "stacktrace",
  "returnvalue",
] as const satisfies (keyof Job)[];

/** Fields that are never personal, each shown only when it is what its name says. */
const DATA = {
  version: z.number(),
  requestId: RequestId,
  connection: ConnectionName,
  dueAt: z.iso.datetime({ offset: true }),
  dryRun: z.boolean(),
  taskId: TaskId,
  submittedAt: z.iso.datetime(),
};

const OPTIONS = {
  attempts: z.number(),
  delay: z.number(),
  priority: z.number(),
  lifo: z.boolean(),
};

const NAMES: ReadonlySet<string> = new Set([...QUEUE_NAMES, "reconcile"]);

/**
 * A job as the board may show it. Producers are strangers: of what they wrote (data, name, options) only
 * what is known to be harmless is kept, never what is not known to be harmful.
 */
export const presentJob = (job: Job): QueueJobJson => ({
  ...pick(job, OURS),
  name: presentName(job.name),
  data: presentData(job.data),
  opts: keepValid(OPTIONS, job.opts),
  progress: typeof job.progress === "number" ? job.progress : 0,
});

export const presentName = (name: string): string => (NAMES.has(name) ? name : "(another name)");

const presentData = (data: unknown): Record<string, unknown> => {
  const fields = z.record(z.string(), z.unknown()).safeParse(data).data;
  if (!fields) return { hidden: "all of it: the data is not an object" };
  const shown = keepValid(DATA, fields);
  const hidden = Object.keys(fields).filter((field) => !Object.hasOwn(shown, field));
  return hidden.length === 0 ? shown : { ...shown, hidden: hidden.map(nameOfHidden).sort() };
};

// The name of a field may be personal as well.
const nameOfHidden = (field: string): string =>
  Object.hasOwn(DATA, field) || field === "subject" || field === "metadata"
    ? field
    : "(another field)";

const keepValid = (schemas: Record<string, z.ZodType>, fields: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([field, value]) => Object.hasOwn(schemas, field) && schemas[field]?.safeParse(value).success,
    ),
  );

const pick = <From extends object, Key extends keyof From>(
  from: From,
  keys: readonly Key[],
): Pick<From, Key> =>
  // Object.fromEntries forgets which keys it was given.
  Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<From, Key>;

import type { DeletePayload } from "../queues/payloads.ts";
import { type Step, withNews } from "../requests/step.ts";
import type { UserProgress } from "../requests/user-progress.ts";
import type { StreamApp } from "../stream/app.ts";
import { type Context, connectionOf, type Known } from "./context.ts";
import { takeInventory } from "./inventory.ts";
import { advanceSteps, type StepWork } from "./steps.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Takes the inventory of a request before anything is touched, once, where the request or its connection wants one.
 * @returns what it waits for; undefined when there is nothing (more) to count.
 */
export const countFirst = async (
  { requestId, connection: name, dryRun }: DeletePayload,
  users: readonly UserProgress[],
  known: Known,
  context: Context,
): Promise<Verdict | undefined> => {
  const connection = connectionOf(context, name);
  const { config, stream } = connection;
  const wanted = dryRun || config.inventory === "always";
  if (!wanted || known.inventory !== null || known.clearance.kind === "passed") return undefined;
  const ids = users.map(({ userId }) => userId);
  const works = config.products.includes("feeds") ? [countFeedsOf(stream)] : [];
  const { steps, at, failure } = await advanceSteps(works, ids, known.steps, stream, context);
  const all = withNews(known.steps, steps);
  if (steps.length > 0 && !(await context.journal.stepping(requestId, all))) return again(context);
  if (failure !== undefined) throw failure;
  if (at !== undefined) return { kind: "later", at };
  const inventory = await takeInventory(ids, steps.filter(isCounted), connection, context.now());
  return (await context.journal.counted(requestId, inventory)) ? undefined : again(context);
};

// Feeds content can be counted only in an export, which is a task of Stream's.
const countFeedsOf = (stream: StreamApp): StepWork => ({
  name: "feeds_count",
  begin: async (user) => ({ tasks: [await stream.exportFeeds(user)], count: 1 }),
});

const isCounted = ({ state }: Step): boolean => state === "done";

// It was cancelled; the job's next run says so.
const again = ({ now }: Context): Verdict => ({ kind: "later", at: now() });

import type { TaskId, UserId } from "../identifiers.ts";
import { isBegun, type RunningStep, type Step, type StepName } from "../requests/step.ts";
import type { StreamApp } from "../stream/app.ts";
import { orIfGone } from "./absent.ts";
import type { Context } from "./context.ts";
import { lookAt } from "./look.ts";
import type { Verdict } from "./verdict.ts";

/** One kind of step and how it begins. */
export type StepWork = {
  name: StepName;
  /** Only for users of whom a step of this name is noted already. */
  onDemand?: true;
  begin(user: UserId): Promise<Beginning>;
};

/** The Stream tasks that do a step, none when it is done already, and how many things it concerns. */
export type Beginning = {
  tasks: TaskId[];
  count: number;
  /** What kept the rest of it from beginning. */
  failure?: unknown;
};

export type Advance = {
  steps: Step[];
  /** When to look again at those that run (ms since the epoch); undefined when none does. */
  at: number | undefined;
  /** Why some could not begin; what did begin must be noted all the same. */
  failure: unknown;
};

/** @returns the steps that are not done, undefined for each that is not known yet. */
export const undoneSteps = (
  works: readonly StepWork[],
  users: readonly UserId[],
  known: readonly Step[],
): (Step | undefined)[] =>
  users.flatMap((userId) =>
    works.flatMap((work) => {
      const step = knownOf(known, userId, work);
      return step?.state === "done" || (work.onDemand && !step) ? [] : [step];
    }),
  );

const knownOf = (known: readonly Step[], userId: UserId, { name }: StepWork): Step | undefined =>
  known.find((step) => step.userId === userId && step.name === name);

/**
 * Takes each step of each user as far as it goes now: begins those that have not begun or have failed before, looks at
 * the tasks of those that run, and repeats none that is done.
 * @param known the steps as an earlier run left them.
 */
export const advanceSteps = async (
  works: readonly StepWork[],
  users: readonly UserId[],
  known: readonly Step[],
  stream: StreamApp,
  context: Context,
): Promise<Advance> => {
  const advance: Advance = { steps: [], at: undefined, failure: undefined };
  for (const userId of users) {
    for (const work of works) {
      const before = knownOf(known, userId, work);
      if (work.onDemand && !before) continue;
      const step = await advanceOne(work, userId, before, advance, { stream, context });
      if (step) advance.steps.push(step);
    }
  }
  return advance;
};

/**
 * What the steps mean for their request: it waits while one runs, and fails with one that has failed.
 * @returns undefined when all are done. @throws whatever kept one from beginning.
 */
export const verdictOnSteps = ({ steps, at, failure }: Advance): Verdict | undefined => {
  // Before those that run: the job's next run would begin a failed one anew, unasked.
  const failed = steps.find((step) => step.state === "failed");
  if (failed) return { kind: "rejected", reason: "step_failed", message: adviceOn(failed) };
  if (failure !== undefined) throw failure;
  return at === undefined ? undefined : { kind: "later", at };
};

const adviceOn = ({ name, reason }: Extract<Step, { state: "failed" }>): string =>
  `Step ${name} did not succeed at Stream (${reason}). Retry this job to begin only that step anew`;

type Means = { stream: StreamApp; context: Context };

const advanceOne = async (
  work: StepWork,
  userId: UserId,
  before: Step | undefined,
  advance: Advance,
  means: Means,
): Promise<Step | undefined> => {
  try {
    if (before?.state === "done" || advance.failure !== undefined) return before;
    const step = isBegun(before)
      ? before
      : await begin(work, userId, before, advance, means.context.now());
    return isBegun(step) ? await lookAtTasks(step, advance, means) : step;
  } catch (error) {
    advance.failure = error;
    return before;
  }
};

const begin = async (
  work: StepWork,
  userId: UserId,
  before: Step | undefined,
  advance: Advance,
  now: number,
): Promise<Step> => {
  const known =
    before?.state === "running"
      ? before
      : { tasks: [], count: 0, since: new Date(now).toISOString() };
  // A user who is not there has nothing that this step could concern.
  const begun: Beginning = await orIfGone(work.begin(userId), { tasks: [], count: 0 });
  advance.failure = begun.failure;
  const tasks = [...known.tasks, ...begun.tasks];
  const step = { userId, name: work.name, tasks, count: known.count + begun.count };
  const running = { ...step, state: "running" as const, since: known.since };
  if (begun.failure !== undefined) return { ...running, more: true };
  return tasks.length === 0 ? { ...step, state: "done" } : running;
};

const lookAtTasks = async (
  step: RunningStep,
  advance: Advance,
  { stream, context }: Means,
): Promise<Step> => {
  const { userId, name, tasks, count, since } = step;
  for (const taskId of tasks) {
    const look = await lookAt({ taskId, submittedAt: since }, stream, context);
    if (look.kind === "later") {
      advance.at = Math.min(advance.at ?? look.at, look.at);
      return step;
    }
    if (look.how !== "completed") return { userId, name, tasks, state: "failed", reason: look.how };
    if (look.errors > 0) return { userId, name, tasks, state: "failed", reason: "item_error" };
  }
  return { userId, name, tasks, count, state: "done" };
};

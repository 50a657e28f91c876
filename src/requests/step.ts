import { z } from "zod";
import { TaskId, UserId } from "../identifiers.ts";

/** Work for a user beside the one call that the request is about: what DeleteUsers leaves, what a user export lacks. */
export const StepName = z.enum([
  "devices",
  "feeds",
  "feeds_count",
  "group_calls",
  "recordings",
  "abandoned_conversations",
]);
export type StepName = z.infer<typeof StepName>;

const whose = { userId: UserId, name: StepName, tasks: z.array(TaskId) };
const count = z.int().nonnegative();

/** How far a step has come for one user. `count` is how many things it concerns, `since` when it began. */
export const Step = z.discriminatedUnion("state", [
  z.strictObject({
    ...whose,
    state: z.literal("running"),
    count,
    since: z.iso.datetime(),
    /** There is more to begin: a limit was used up, or its turn has yet to come. */
    more: z.literal(true).optional(),
  }),
  z.strictObject({ ...whose, state: z.literal("done"), count }),
  z.strictObject({ ...whose, state: z.literal("failed"), reason: z.string() }),
]);
export type Step = z.infer<typeof Step>;
export type RunningStep = Extract<Step, { state: "running" }>;

/** Whether there is nothing to do for a step but to wait for its tasks. */
export const isBegun = (step: Step | undefined): step is RunningStep =>
  step?.state === "running" && !step.more;

/** The worst first. */
export const StepState = z.enum(["failed", "running", "done"]);

/** How far a step has come, the users of the request taken together; no personal data. */
export const StepSummary = z.strictObject({
  name: StepName,
  state: StepState,
  count,
  tasks: z.array(TaskId),
});
export type StepSummary = z.infer<typeof StepSummary>;

/** What is known of the steps once some of them have come further. */
export const withNews = (known: readonly Step[], news: readonly Step[]): Step[] => {
  const isOf = (step: Step) => (other: Step) =>
    other.userId === step.userId && other.name === step.name;
  return [...known.filter((step) => !news.some(isOf(step))), ...news];
};

/** The state of each step is the worst of its users'. */
export const summarize = (steps: readonly Step[]): StepSummary[] =>
  [...Map.groupBy(steps, ({ name }) => name)].map(([name, ofName]) => ({
    name,
    state: StepState.options.find((state) => ofName.some((step) => step.state === state)) ?? "done",
    count: ofName.reduce((sum, step) => sum + (step.state === "failed" ? 0 : step.count), 0),
    tasks: [...new Set(ofName.flatMap(({ tasks }) => tasks))],
  }));

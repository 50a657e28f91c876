import { z } from "zod";
import { ConnectionName, RequestId, TaskId } from "../identifiers.ts";
import { AccessPayload, DeletePayload } from "../queues/payloads.ts";
import { LeftCounts } from "../stream/leftovers.ts";
import { Clearance } from "./clearance.ts";
import { Inventory } from "./inventory.ts";
import { Step, StepSummary } from "./step.ts";
import { UserProgress } from "./user-progress.ts";

export const Outcome = z.enum([
  "erased_verified",
  "erased_unverified",
  "submitted_only",
  "partially_erased",
  "dry_run",
  "exported",
  "exported_truncated",
  "partially_exported",
  "no_match",
]);
export type Outcome = z.infer<typeof Outcome>;

/** Where a request stands. `reason` is a machine word, `message` a sentence; neither holds personal data. */
export const State = z.discriminatedUnion("status", [
  z.strictObject({ status: z.literal("pending") }),
  z.discriminatedUnion("phase", [
    z.strictObject({
      status: z.literal("in_progress"),
      phase: z.enum(["resolving", "waiting", "submitting", "collecting", "verifying"]),
    }),
    z.strictObject({
      status: z.literal("in_progress"),
      phase: z.literal("polling"),
      tasks: z.array(TaskId),
    }),
  ]),
  z.strictObject({
    status: z.literal("action_required"),
    reason: z.string(),
    message: z.string(),
  }),
  z.strictObject({
    status: z.literal("completed"),
    outcome: Outcome,
    users: z.int().nonnegative(),
    detail: z.string().optional(),
  }),
  z.strictObject({ status: z.literal("failed"), reason: z.string(), message: z.string() }),
]);
export type State = z.infer<typeof State>;

const Verification = z.strictObject({ read: z.strictObject({ users: z.int() }), left: LeftCounts });

/** What is known of a request. It holds no personal data: the subject only as a keyed HMAC. */
export const RequestRecord = z.strictObject({
  requestId: RequestId,
  type: z.enum(["access", "delete"]),
  connection: ConnectionName,
  subjectHmac: z.string(),
  /** The job that claimed the request; another job of the same request id is a duplicate. */
  owner: z.string(),
  dryRun: z.boolean(),
  dueAt: z.string().nullable(),
  state: State,
  /** Every Stream task that has worked for the request. */
  tasks: z.array(TaskId),
  /** What was done beside, or is being done. */
  steps: z.array(StepSummary).default([]),
  /** What was there before anything was deleted; null where nobody counted. */
  inventory: Inventory.nullable().default(null),
  /** What reading Stream again has found, in counts; null until then. */
  verification: Verification.nullable(),
  history: z.array(z.strictObject({ at: z.iso.datetime(), state: z.string() })),
});
export type RequestRecord = z.infer<typeof RequestRecord>;

/** The only personal data that we keep: it lives beside the record and is deleted when nobody works the request any more. */
export const Personal = z.strictObject({
  payload: z.union([DeletePayload, AccessPayload]),
  users: z.array(UserProgress).nullable(),
  clearance: Clearance,
  steps: z.array(Step).default([]),
});
export type Personal = z.infer<typeof Personal>;

/** All that is kept of one request. */
export type Dossier = { record: RequestRecord; personal: Personal | null };

const HISTORY_LIMIT = 100;

/** Whether a user of the request waits for the Stream task, or failed with it. */
export const concerns = ({ personal }: Dossier, task: TaskId): boolean =>
  (personal?.users ?? []).some((user) => "taskId" in user && user.taskId === task);

/** The dossier in a new state, the transition noted; a final one ends the personal data. */
export const moveTo = (dossier: Dossier, state: State, now: number): Dossier => ({
  record: {
    ...dossier.record,
    state,
    history: noted(dossier.record.history, label(state), now),
  },
  personal: isFinal(state) ? null : dossier.personal,
});

/** The record once more Stream tasks have worked for the request. */
export const withTasks = (record: RequestRecord, tasks: readonly TaskId[]): RequestRecord =>
  tasks.every((task) => record.tasks.includes(task))
    ? record
    : { ...record, tasks: [...new Set([...record.tasks, ...tasks])] };

export const isTerminal = (state: State): boolean =>
  state.status === "completed" || state.status === "failed";

/** Reasons of `failed` and `action_required` that humans decide upon. */
export const SEVERAL_MATCHES = "several_matches";
export const BRAKE = "brake";
export const CANCELLED = "cancelled";
// Not `refused`: that is what Stream does to a call, and such a request may be retried.
export const NOT_APPROVED = "not_approved";

/** Whether nobody works the request again: it is completed, or a human has ended it. Other failures can be retried. */
export const isFinal = (state: State): boolean =>
  state.status === "completed" ||
  (state.status === "failed" && [CANCELLED, NOT_APPROVED].includes(state.reason));

/** A state in one word or two: `in_progress/polling`, `completed/no_match`, `failed/task_failed`. */
export const label = (state: State): string => {
  switch (state.status) {
    case "pending":
      return "pending";
    case "in_progress":
      return `in_progress/${state.phase}`;
    case "completed":
      return `completed/${state.outcome}`;
    case "action_required":
    case "failed":
      return `${state.status}/${state.reason}`;
  }
};

const noted = (history: RequestRecord["history"], state: string, now: number) =>
  history.at(-1)?.state === state
    ? history
    : [...history, { at: new Date(now).toISOString(), state }].slice(-HISTORY_LIMIT);

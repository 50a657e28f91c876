import { DelayedError, type Job, UnrecoverableError } from "bullmq";
import type { ConnectionName, RequestId, TaskId } from "../identifiers.ts";
import type { Line, LineKind } from "../limits/line.ts";
import { afterVerification } from "../processors/after-verification.ts";
import type { Context } from "../processors/context.ts";
import { afterTask, isUndone, REMEDY, withUsers } from "../processors/outcome.ts";
import { followedTasks, openTasks } from "../processors/submit.ts";
import type { Verdict } from "../processors/verdict.ts";
import { type Queues, statusJobId } from "../queues/queues.ts";
import { type Dossier, isFinal, moveTo, type State } from "../requests/record.ts";
import type { RequestStore } from "../requests/store.ts";
import { merged } from "../requests/user-progress.ts";
import type { FollowTask } from "./follow-task.ts";
import { resumeRequest } from "./resume.ts";

export type Settlement = {
  job: Job;
  token: string | undefined;
  connection: ConnectionName;
  /** The requests that the verdict is about. */
  requests: readonly RequestId[];
};

/** What requests are settled with: records, queues, a clock. */
export type Books = {
  requests: RequestStore;
  queues: Queues;
  followTask: FollowTask;
  context: Pick<Context, "now">;
};

/** What jobs are worked with. */
export type Means = Books & {
  context: Context;
  /** Key of the subject HMACs. */
  subjectKey: string;
  /** Where the requests of a connection line up. */
  lineOf(connection: ConnectionName, kind: LineKind): Line;
};

/** What a job leaves in its queue when it completes. No personal data: BullMQ copies it into its events stream. */
export type JobResult = Record<string, string | number | string[]>;

// Its kind is all that BullMQ reads of it. A stack for each of thousands who come back would cost as much as the rest of this file.
const LATER = new DelayedError();

/**
 * Turns a verdict into the request's record and then into queue verbs; nothing else does either.
 * @returns the job's result. @throws DelayedError and UnrecoverableError, which are BullMQ's words for later and no.
 */
export const settle = async (
  verdict: Verdict,
  settlement: Settlement,
  means: Books,
): Promise<JobResult> => {
  switch (verdict.kind) {
    case "completed": {
      const { kind: _, reference, ...end } = verdict;
      await move(settlement.requests, { status: "completed", ...end }, means);
      return { ...end, ...(reference && { reference }) };
    }
    case "pending":
      return follow(verdict, settlement, means);
    case "later":
      await hold(verdict.hold, settlement, means);
      if (verdict.data) await settlement.job.updateData(verdict.data);
      await settlement.job.moveToDelayed(verdict.at, settlement.token);
      throw LATER;
    case "rejected":
      await fail(settlement.requests, verdict, means);
      throw new UnrecoverableError(`${verdict.reason}: ${verdict.message}`);
    case "ended":
      return conclude(
        verdict.taskId,
        (dossier) => afterTask(dossier, verdict, means.context.now()),
        settlement,
        means,
      );
    case "verified":
      return conclude(
        verdict.taskId,
        (dossier) => afterVerification(dossier, verdict, means.context.now()),
        settlement,
        means,
      );
  }
};

/** Records that requests failed, unless they have ended already. */
export const fail = (
  requests: readonly RequestId[],
  { reason, message }: { reason: string; message: string },
  means: Books,
): Promise<void> => move(requests, { status: "failed", reason, message }, means);

const move = async (requests: readonly RequestId[], state: State, means: Books): Promise<void> => {
  await change(requests, means, (dossier) =>
    isFinal(dossier.record.state) ? dossier : moveTo(dossier, state, means.context.now()),
  );
};

const change = (
  requests: readonly RequestId[],
  means: Books,
  step: (dossier: Dossier) => Dossier,
): Promise<Dossier[]> =>
  Promise.all(
    requests.map((id) =>
      means.requests.update(id, (current) => {
        if (!current) throw new Error(`The record of request ${id} is gone`);
        return step(current);
      }),
    ),
  );

// The record and the task's set are written before the status job: a crash in between is mended by the next run.
const follow = async (
  { purpose, submissions, resume = [] }: Extract<Verdict, { kind: "pending" }>,
  { connection }: Settlement,
  means: Books,
): Promise<JobResult> => {
  const usersOf = new Map(submissions.map(({ requestId, users }) => [requestId, users]));
  await change([...usersOf.keys()], means, (dossier) =>
    isFinal(dossier.record.state)
      ? dossier
      : withUsers(
          dossier,
          merged(dossier.personal?.users, usersOf.get(dossier.record.requestId) ?? []),
          means.context.now(),
        ),
  );
  const tasks = [...new Set(submissions.flatMap(({ users }) => openTasks(users)))];
  await Promise.all(tasks.map((taskId) => means.followTask({ taskId, connection, purpose })));
  await Promise.all(resume.map((id) => resumeRequest(id, means)));
  return { taskIds: tasks, statusJobs: tasks.map(statusJobId) };
};

// A request that was held goes back to where it was as soon as its connection answers again.
const hold = (
  reason: { reason: string; message: string } | undefined,
  { requests }: Settlement,
  means: Books,
): Promise<Dossier[]> =>
  change(requests, means, (dossier) => {
    const { status } = dossier.record.state;
    if (status === "completed" || status === "failed") return dossier;
    if (reason)
      return moveTo(dossier, { status: "action_required", ...reason }, means.context.now());
    const users = dossier.personal?.users ?? [];
    return status === "action_required" && followedTasks(users).length > 0
      ? withUsers(dossier, users, means.context.now())
      : dossier;
  });

// Also while the request waits for another task: this job is the one to retry for these users.
const isUndoneBy = ({ personal }: Dossier, taskId: TaskId): boolean =>
  (personal?.users ?? []).some((user) => isUndone(user) && user.taskId === taskId);

const reasonOf = (dossiers: readonly Dossier[]): string => {
  const users = dossiers.flatMap(({ personal }) => personal?.users ?? []);
  const failed = users.find((user) => user.state === "failed");
  return failed?.reason ?? "partially_erased";
};

/** A task's requests after what happened to it; those whose users are to be verified keep its job going. */
const conclude = async (
  taskId: TaskId,
  step: (dossier: Dossier) => Dossier,
  { requests, job, token }: Settlement,
  means: Books,
): Promise<JobResult> => {
  const dossiers = await change(requests, means, step);
  const users = dossiers.flatMap(({ personal }) => personal?.users ?? []);
  if (users.some((user) => user.state === "verifying" && user.taskId === taskId)) {
    await job.moveToDelayed(means.context.now(), token);
    throw LATER;
  }
  const undone = dossiers.filter((dossier) => isUndoneBy(dossier, taskId));
  if (undone.length > 0) {
    throw new UnrecoverableError(
      `${reasonOf(undone)}: ${undone.length} of ${dossiers.length} requests are not done. ${REMEDY}`,
    );
  }
  return { requests: dossiers.length };
};

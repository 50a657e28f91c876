import type { RequestId } from "../identifiers.ts";
import { followedTasks } from "../processors/submit.ts";
import { statusJobId } from "../queues/queues.ts";
import { ownerOf } from "../requests/claim.ts";
import type { Dossier } from "../requests/record.ts";
import { resumeRequest } from "./resume.ts";
import { type Books, fail, type JobResult } from "./settle.ts";

/** Job name of the reconciler in queue `task-status`. */
export const RECONCILE = "reconcile";

const EVERY_MS = 5 * 60_000;
const BATCH = 1000;

/** Has BullMQ run the reconciler every few minutes, once for the whole fleet. */
export const scheduleReconciler = async ({ queues }: Pick<Books, "queues">): Promise<void> => {
  await queues["task-status"].upsertJobScheduler(
    RECONCILE,
    { every: EVERY_MS },
    { name: RECONCILE, opts: { removeOnComplete: { count: 1 }, removeOnFail: { count: 5 } } },
  );
};

/**
 * Looks at requests that are under way and have not moved for a while, and mends those that no job will move:
 * a job that is gone is added again, one that failed without a word (stalled too often) fails its request.
 */
export const reconcile = async (means: Books, idleMs = EVERY_MS): Promise<JobResult> => {
  const ids = await means.requests.openSince(means.context.now() - idleMs, BATCH);
  const mended = await Promise.all(ids.map((id) => mend(id, means)));
  return { looked: ids.length, mended: mended.filter(Boolean).length };
};

const mend = async (id: RequestId, means: Books): Promise<boolean> => {
  const dossier = await means.requests.read(id);
  if (!dossier) return false;
  const tasks = followedTasks(dossier.personal?.users ?? []);
  const mended =
    tasks.length > 0 && !waitsForSubmission(dossier) && dossier.record.state.status !== "failed"
      ? (await Promise.all(tasks.map((task) => mendStatusJob(task, dossier, means)))).some(Boolean)
      : await mendRequestJob(dossier, means);
  if (!mended) await means.requests.touch(id);
  return mended;
};

// Only the request's own job submits; its users that wait for a task come with it.
const waitsForSubmission = ({ record, personal }: Dossier): boolean =>
  record.type === "delete" && (personal?.users ?? []).some(({ state }) => state === "found");

const mendStatusJob = async (
  task: ReturnType<typeof followedTasks>[number],
  { record }: Dossier,
  means: Books,
): Promise<boolean> => {
  const queue = means.queues["task-status"];
  const jobId = statusJobId(task);
  const state = await queue.getJobState(jobId);
  if (state === "failed") {
    const message =
      "The status job failed without a verdict. Retry it to look at Stream's task again";
    await fail([record.requestId], { reason: "status_job_failed", message }, means);
    return true;
  }
  if (state !== "unknown" && state !== "completed") return false;
  await queue.remove(jobId);
  const purpose = record.type === "delete" ? "deletion" : "export";
  await means.followTask({ taskId: task, connection: record.connection, purpose });
  return true;
};

const mendRequestJob = async ({ record, personal }: Dossier, means: Books): Promise<boolean> => {
  const queue = means.queues[record.type];
  const jobId = record.owner.slice(0, record.owner.lastIndexOf("@"));
  const job = await queue.getJob(jobId);
  const state = job && ownerOf(job) === record.owner ? await job.getState() : "unknown";
  if (state === "failed") {
    const message = "The job failed without a verdict, most likely stalled too often. Retry it";
    await fail([record.requestId], { reason: "job_failed", message }, means);
    return true;
  }
  if ((state !== "unknown" && state !== "completed") || !personal) return false;
  await resumeRequest(record.requestId, means);
  return true;
};

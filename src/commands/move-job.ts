import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "bullmq";
import type { Queues } from "../queues/queues.ts";
import { ownerOf } from "../requests/claim.ts";
import { isFinal, type RequestRecord } from "../requests/record.ts";

/** Wakes the job of a request upon which a human has decided, or removes it when there is nothing left to work. */
export const moveJob = async (record: RequestRecord, queues: Queues): Promise<void> => {
  const job = await jobOf(record, queues);
  if (!job) return;
  if (isFinal(record.state)) await atRest(job, ENDABLE, () => job.remove());
  else await atRest(job, ["delayed"], () => job.promote());
};

const jobOf = async ({ owner }: RequestRecord, queues: Queues): Promise<Job | undefined> => {
  const job = await queues.delete.getJob(owner.slice(0, owner.lastIndexOf("@")));
  return job && ownerOf(job) === owner ? job : undefined;
};

const ENDABLE = ["waiting", "prioritized", "delayed", "failed"];
const LOOKS = 40;
const PAUSE_MS = 50;

/** Moves a job that is at rest. A worker that is at it, and stays at it, finds the decision in the record. */
const atRest = async (job: Job, states: string[], move: () => Promise<void>): Promise<void> => {
  for (let looks = 0; looks < LOOKS; looks++) {
    const state = await job.getState();
    // One that cannot be moved has just been taken by a worker.
    if (state !== "active") return states.includes(state) ? move().catch(() => {}) : undefined;
    await sleep(PAUSE_MS);
  }
};

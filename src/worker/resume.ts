import type { Queue } from "bullmq";
import type { RequestId } from "../identifiers.ts";
import type { Context } from "../processors/context.ts";
import type { Queues } from "../queues/queues.ts";
import { ownerOf } from "../requests/claim.ts";
import type { RequestStore } from "../requests/store.ts";

type Means = { requests: RequestStore; queues: Queues; context: Pick<Context, "now"> };

/**
 * Puts a request that has ended, or lost its job, back into its queue; one without personal data stays as it is.
 * The record names its new owner first: a crash in between leaves it to the next run of the reconciler.
 */
export const resumeRequest = async (id: RequestId, means: Means): Promise<void> => {
  const timestamp = means.context.now();
  const { record, personal } = await means.requests.update(id, (current) => {
    if (!current) throw new Error(`The record of request ${id} is gone`);
    return { ...current, record: { ...current.record, owner: ownerOf({ id, timestamp }) } };
  });
  if (!personal) return;
  const queue = means.queues[record.type] as Queue;
  await queue.remove(id);
  await queue.add(record.type, personal.payload, { jobId: id, timestamp });
};

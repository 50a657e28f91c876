import type { Job } from "bullmq";
import { RequestId } from "../identifiers.ts";
import type { Queues } from "../queues/queues.ts";
import type { RequestStore } from "./store.ts";
import { type RequestView, viewOf, viewOfJob } from "./view.ts";

export type Sources = { requests: RequestStore; queues: Queues };

/**
 * Says what is known of a request: from its record, or from its job when no worker has begun it.
 * @param now ms since the epoch. @returns the view, or undefined when neither is there.
 */
export const lookUpRequest = async (
  id: RequestId,
  { requests, queues }: Sources,
  now = Date.now(),
): Promise<RequestView | undefined> => {
  const dossier = await requests.read(id);
  if (dossier) return viewOf(dossier, now);
  for (const type of ["access", "delete"] as const) {
    const job: Job | undefined = await queues[type].getJob(id);
    const view = job && isAbout(job, id) ? await viewOfJob(job, id, type) : undefined;
    if (view) return view;
  }
  return undefined;
};

// A foreign producer may have named its job after one request and put another into it.
const isAbout = (job: Job, id: RequestId): boolean => {
  const named = RequestId.safeParse(job.data?.requestId);
  return !named.success || named.data === id;
};

import { DelayedError, UnrecoverableError, WaitingError } from "bullmq";
import { verdictOn } from "../processors/refusal.ts";
import type { Verdict } from "../processors/verdict.ts";
import { StreamError } from "../stream/errors.ts";
import { fail, type JobResult, type Means, type Settlement, settle } from "./settle.ts";

/**
 * Settles what `work` answers. A throw leaves the job to BullMQ's retries; when there are none left,
 * the request is recorded as failed before the job is.
 * @param signal aborted when the process must stop: the job goes back to its queue and costs no attempt.
 */
export const settleWork = async (
  work: () => Promise<Verdict>,
  settlement: Settlement,
  means: Means,
  signal?: AbortSignal,
): Promise<JobResult> => {
  const { job, token, requests } = settlement;
  try {
    const verdict = await work().catch((error) => verdictOn(error, means.context));
    return await settle(verdict, settlement, means);
  } catch (error) {
    if (isSettled(error)) throw error;
    if (signal?.aborted) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    const failure = await withoutSubjects(error, settlement, means);
    if (job.attemptsMade + 1 >= (job.opts.attempts ?? 1)) {
      const message = `${failure.message}. All attempts are used up; retry the job when the cause is mended`;
      await fail(requests, { reason: reasonOf(error), message }, means);
    }
    throw failure;
  }
};

const isSettled = (error: unknown): boolean =>
  error instanceof DelayedError || error instanceof UnrecoverableError;

const reasonOf = (error: unknown): string =>
  error instanceof StreamError ? error.code : "unexpected_error";

// BullMQ keeps messages and stacks and Bull Board shows them; an unexpected one could quote whom it is about.
const withoutSubjects = async (
  error: unknown,
  { requests }: Settlement,
  means: Means,
): Promise<Error> => {
  if (error instanceof StreamError) return error;
  const dossiers = await Promise.all(requests.map((id) => means.requests.read(id)));
  const identifiers = dossiers.flatMap((dossier) => [
    ...Object.values(dossier?.personal?.payload.subject ?? {}),
    ...(dossier?.personal?.users ?? []).map((user) => user.userId),
  ]);
  const text = error instanceof Error ? `${error.name}: ${error.message}` : "Unknown failure";
  return new Error(identifiers.reduce((kept, name) => kept.replaceAll(name, "[subject]"), text));
};

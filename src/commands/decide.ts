import { z } from "zod";
import type { RequestId } from "../identifiers.ts";
import { DeletePayload } from "../queues/payloads.ts";
import type { Queues } from "../queues/queues.ts";
import { ANY_SUBJECT, openDossier, ownerOf } from "../requests/claim.ts";
import { dueAtOf } from "../requests/deadline.ts";
import {
  CANCELLED,
  type Dossier,
  isFinal,
  label,
  moveTo,
  NOT_APPROVED,
  SEVERAL_MATCHES,
} from "../requests/record.ts";
import type { RequestStore } from "../requests/store.ts";
import { moveJob } from "./move-job.ts";

/** What a human may decide about a delete request. */
export const Decision = z.enum(["approve", "refuse", "cancel"]);
export type Decision = z.infer<typeof Decision>;

/** A decision that cannot be taken any more, or not yet. The message says why. */
export class DecisionError extends Error {
  override name = "DecisionError";
}

type Sources = { requests: RequestStore; queues: Queues };

/**
 * Takes a decision about a request, in its record first: of a cancellation and a submission that come at the same time
 * exactly one is written. The job is then woken, or removed when there is nothing left to work.
 * @throws DecisionError
 */
export const decide = async (
  decision: Decision,
  id: RequestId,
  { requests, queues }: Sources,
): Promise<void> => {
  const unbegun = decision === "cancel" ? await readFromJob(id, queues) : undefined;
  const { record } = await requests.update(id, (current) => {
    const dossier = current ?? unbegun;
    if (!dossier) throw new DecisionError(`No request ${id} is known.`);
    return DECISIONS[decision](dossier, Date.now());
  });
  await moveJob(record, queues);
};

/** @returns the decisions that can be taken about a request at this moment. */
export const openDecisions = async (
  id: RequestId,
  { requests, queues }: Sources,
): Promise<Decision[]> => {
  const dossier = (await requests.read(id)) ?? (await readFromJob(id, queues));
  if (!dossier) return [];
  return Decision.options.filter((decision) => changes(decision, dossier));
};

const changes = (decision: Decision, dossier: Dossier): boolean => {
  try {
    return DECISIONS[decision](dossier, Date.now()) !== dossier;
  } catch (error) {
    if (error instanceof DecisionError) return false;
    throw error;
  }
};

const approve = (dossier: Dossier, now: number): Dossier => {
  const { record, personal } = inReview(dossier);
  const approved = personal && { ...personal, clearance: { kind: "approved" as const } };
  return moveTo({ record, personal: approved }, { status: "in_progress", phase: "waiting" }, now);
};

const refuse = (dossier: Dossier, now: number): Dossier => {
  const message = "Deleting several users was refused, so nobody was deleted";
  return moveTo(inReview(dossier), { status: "failed", reason: NOT_APPROVED, message }, now);
};

const inReview = (dossier: Dossier): Dossier => {
  const { requestId, state } = dossier.record;
  if (state.status === "action_required" && state.reason === SEVERAL_MATCHES) return dossier;
  throw new DecisionError(
    `Request ${requestId} does not wait for approval: it is ${label(state)}.`,
  );
};

const cancel = (dossier: Dossier, now: number): Dossier => {
  const { requestId, type, state } = dossier.record;
  if (type !== "delete") {
    throw new DecisionError(`Request ${requestId} deletes nobody; only deletions are cancelled.`);
  }
  // Said again, it removes a job that a crash has left behind.
  if (state.status === "failed" && state.reason === CANCELLED) return dossier;
  if (isFinal(state)) {
    throw new DecisionError(`Request ${requestId} has ended already: it is ${label(state)}.`);
  }
  if (dossier.personal?.clearance.kind === "passed") {
    throw new DecisionError(
      `It is too late to cancel request ${requestId}: it has been submitted to Stream (${label(state)}).`,
    );
  }
  const message = "Cancelled before anything was submitted to Stream, so nobody was deleted";
  return moveTo(dossier, { status: "failed", reason: CANCELLED, message }, now);
};

const DECISIONS = { approve, refuse, cancel };

/** A request that no worker has begun is in its job only. */
const readFromJob = async (id: RequestId, queues: Queues): Promise<Dossier | undefined> => {
  const job = await queues.delete.getJob(id);
  const parsed = DeletePayload.safeParse(job?.data);
  if (!job || !parsed.success || parsed.data.requestId !== id) return undefined;
  const payload = { ...parsed.data, dueAt: dueAtOf(parsed.data, job.timestamp) };
  return openDossier({ type: "delete", payload, subjectHmac: ANY_SUBJECT, owner: ownerOf(job) });
};

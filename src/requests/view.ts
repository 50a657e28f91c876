import type { Job } from "bullmq";
import { z } from "zod";
import { ConnectionName, type RequestId } from "../identifiers.ts";
import { type Deadline, deadlineOf, dueAtOf } from "./deadline.ts";
import type { Dossier, RequestRecord, State } from "./record.ts";

/** What anyone who knows its id may know of a request: no personal data, no HMAC, no owner. */
export type RequestView = Omit<RequestRecord, "subjectHmac" | "owner" | "connection"> & {
  /** Null when the payload is not valid and names none. */
  connection: ConnectionName | null;
  deadline: Deadline;
  /** How many users the identifier leads to; null until that is known, and when the request failed for good. */
  users: number | null;
};

/** What a record says. @param now ms since the epoch. */
export const viewOf = (
  { record: { subjectHmac: _, owner: __, ...view }, personal }: Dossier,
  now: number,
): RequestView => ({
  ...view,
  deadline: deadlineOf(view, now),
  users: view.state.status === "completed" ? view.state.users : (personal?.users?.length ?? null),
});

const Due = z.object({
  dueAt: z.iso.datetime({ offset: true }).optional(),
  regulation: z.enum(["gdpr", "ccpa"]).optional(),
});

/** What a job says whose request has not been begun; undefined when it says nothing. */
export const viewOfJob = async (
  job: Job,
  requestId: RequestId,
  type: RequestRecord["type"],
): Promise<RequestView | undefined> => {
  const state = await stateOf(job);
  if (!state) return undefined;
  const { connection = "default", dryRun, dueAt, regulation } = job.data ?? {};
  const view = {
    requestId,
    type,
    connection: ConnectionName.safeParse(connection).data ?? null,
    dryRun: dryRun === true,
    dueAt: dueAtOf(Due.safeParse({ dueAt, regulation }).data ?? {}, job.timestamp) ?? null,
    state,
    steps: [],
    inventory: null,
    tasks: [],
    verification: null,
    history: [],
    users: null,
  };
  return { ...view, deadline: deadlineOf(view, Date.now()) };
};

const stateOf = async (job: Job): Promise<State | undefined> => {
  const state = await job.getState();
  switch (state) {
    case "waiting":
    case "delayed":
    case "active":
    case "prioritized":
    case "waiting-children":
      return { status: "pending" };
    case "failed":
      return { status: "failed", ...reasonOf(job.failedReason) };
    case "completed":
    case "unknown":
      return undefined;
  }
};

// The worker writes `reason: message`; BullMQ itself writes a bare sentence.
const reasonOf = (failedReason: string): { reason: string; message: string } => {
  const [, reason, message] = /^([a-z_]+): (.+)$/s.exec(failedReason) ?? [];
  return reason && message ? { reason, message } : { reason: "job_failed", message: failedReason };
};

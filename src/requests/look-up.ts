import type { Job } from "bullmq";
import { z } from "zod";
import { ConnectionName, RequestId } from "../identifiers.ts";
import type { Queues } from "../queues/queues.ts";
import { type Deadline, deadlineOf, dueAtOf } from "./deadline.ts";
import type { Dossier, RequestRecord, State } from "./record.ts";
import type { RequestStore } from "./store.ts";

/** What anyone who knows its id may know of a request: no personal data, no HMAC, no owner. */
export type RequestView = Omit<RequestRecord, "subjectHmac" | "owner" | "connection"> & {
  /** Null when the payload is not valid and names none. */
  connection: ConnectionName | null;
  deadline: Deadline;
  /** How many users the identifier leads to; null until that is known, and when the request failed for good. */
  users: number | null;
};

type Held = Extract<State, { status: "action_required" }>;

/** A request that waits for a human, and since when (RFC 3339). */
export type HeldView = RequestView & { state: Held; since: string };

const Due = z.object({
  dueAt: z.iso.datetime({ offset: true }).optional(),
  regulation: z.enum(["gdpr", "ccpa"]).optional(),
});

type Sources = { requests: RequestStore; queues: Queues };

/**
 * Says what is known of a request: from its record, or from its job when no worker has begun it.
 * @returns the view, or undefined when neither is there.
 */
export const lookUpRequest = (id: RequestId, sources: Sources): Promise<RequestView | undefined> =>
  viewAt(Date.now(), id, sources);

const viewAt = async (
  now: number,
  id: RequestId,
  { requests, queues }: Sources,
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

/** How many requests a list has at most. */
export const MOST_LISTED = 1000;

/**
 * Lists the requests that a worker has seen, are not completed, and are due before a time, the oldest first.
 * @param before, now ms since the epoch.
 */
export const listDue = async (
  sources: Sources,
  before: number,
  now: number,
): Promise<RequestView[]> => {
  const ids = await sources.requests.dueBefore(before, MOST_LISTED);
  const views = await Promise.all(ids.map((id) => viewAt(now, id, sources)));
  await sources.requests.forgetDue(ids.filter((_, n) => !views[n]));
  return views.filter((view) => view !== undefined);
};

/** Lists the requests that wait for a human, the longest first. @param now ms since the epoch. */
export const listActionRequired = async (
  { requests }: Pick<Sources, "requests">,
  now: number,
): Promise<HeldView[]> => {
  const ids = await requests.actionRequired(MOST_LISTED);
  const dossiers = await Promise.all(ids.map((id) => requests.read(id)));
  return dossiers.flatMap((dossier) => (dossier ? heldViewOf(viewOf(dossier, now)) : []));
};

// Since it was listed, another may have decided.
const heldViewOf = (view: RequestView): HeldView[] => {
  const { state, history } = view;
  if (state.status !== "action_required") return [];
  return [{ ...view, state, since: history.at(-1)?.at ?? "" }];
};

const viewOf = (
  { record: { subjectHmac: _, owner: __, ...view }, personal }: Dossier,
  now: number,
): RequestView => ({
  ...view,
  deadline: deadlineOf(view, now),
  users: view.state.status === "completed" ? view.state.users : (personal?.users?.length ?? null),
});

// A foreign producer may have named its job after one request and put another into it.
const isAbout = (job: Job, id: RequestId): boolean => {
  const named = RequestId.safeParse(job.data?.requestId);
  return !named.success || named.data === id;
};

const viewOfJob = async (
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

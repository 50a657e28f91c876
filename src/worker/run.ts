import { type Job, UnrecoverableError } from "bullmq";
import type { z } from "zod";
import { processAccess } from "../processors/access.ts";
import { deletesOneByOne } from "../processors/before-deletion.ts";
import type { Known } from "../processors/context.ts";
import { processDelete } from "../processors/delete.ts";
import { processExportStatus } from "../processors/export-status.ts";
import { processTaskStatus } from "../processors/task-status.ts";
import type { Verdict } from "../processors/verdict.ts";
import {
  AccessPayload,
  DeletePayload,
  InvalidPayloadError,
  parsePayload,
  TaskStatusPayload,
} from "../queues/payloads.ts";
import { claim, ownerOf } from "../requests/claim.ts";
import { dueAtOf } from "../requests/deadline.ts";
import { concerns, type Dossier, label } from "../requests/record.ts";
import { subjectHmac } from "../requests/subject-hmac.ts";
import { type JobResult, type Means, settle } from "./settle.ts";
import { settleWork } from "./settle-work.ts";

/** One job being worked. `signal` is aborted when the process must stop. */
export type Work = {
  job: Job;
  token: string | undefined;
  signal: AbortSignal | undefined;
  means: Means;
};

/** Works one job of queue `access`. */
export const runAccess = async (work: Work): Promise<JobResult> => {
  const payload = withDueDate(parseOrRefuse(AccessPayload, work.job.data), work.job);
  return runRequest("access", payload, work, (known) =>
    processAccess(payload, known, work.means.context, work.signal),
  );
};

/** Works one job of queue `delete`. */
export const runDelete = async (work: Work): Promise<JobResult> => {
  const payload = withDueDate(parseOrRefuse(DeletePayload, work.job.data), work.job);
  return runRequest("delete", payload, work, (known) =>
    processDelete(payload, known, work.means.context),
  );
};

/** Works one job of queue `task-status`: one look at one Stream task. */
export const runTaskStatus = async (work: Work): Promise<JobResult> => {
  const { requests: store, context } = work.means;
  const payload = parseOrRefuse(TaskStatusPayload, work.job.data);
  const ids = await store.servedBy(payload.taskId);
  const known = await Promise.all(ids.map((id) => store.read(id)));
  const dossiers = known
    .filter((dossier) => dossier !== undefined)
    .filter((dossier) => concerns(dossier, payload.taskId));
  const requests = dossiers.map(({ record }) => record.requestId);
  const settlement = { ...work, connection: payload.connection, requests };
  const [first] = dossiers;
  const process = () =>
    payload.purpose === "export" && first
      ? processExportStatus(payload, first, context, work.signal)
      : processTaskStatus(payload, dossiers, context);
  return settleWork(process, settlement, work.means, work.signal);
};

const runRequest = async (
  type: "access" | "delete",
  payload: AccessPayload | DeletePayload,
  work: Work,
  process: (known: Known) => Promise<Verdict>,
): Promise<JobResult> => {
  const { job, means, signal } = work;
  const { requestId, connection } = payload;
  // Before the record: of thousands who come at once, most must come back, and that should cost little.
  const wait = await waitOf(payload, type, means);
  if (wait > 0) {
    await means.requests.noteDue(requestId, payload.dueAt);
    const later = { kind: "later", at: means.context.now() + wait } as const;
    return settle(later, { ...work, connection, requests: [] }, means);
  }
  const hmac = subjectHmac(payload.subject, means.subjectKey);
  const isFirst = job.attemptsStarted <= 1;
  const request = { type, payload, subjectHmac: hmac, owner: ownerOf(job), isFirst };
  const claimed = await claim(means.requests, request, means.context.now());
  switch (claimed.kind) {
    case "conflict":
      throw new UnrecoverableError(
        "conflict: this request id already names a different request. Use an id of its own for each request",
      );
    case "answered":
      return { duplicateOf: requestId, state: label(claimed.state) };
    case "work": {
      const settlement = { ...work, connection, requests: [requestId] };
      return settleWork(() => process(knownOf(claimed.dossier)), settlement, means, signal);
    }
  }
};

const knownOf = ({ record, personal }: Dossier): Known => ({
  users: null,
  clearance: { kind: "none" },
  steps: [],
  ...personal,
  inventory: record.inventory,
});

const withDueDate = <Payload extends AccessPayload | DeletePayload>(
  payload: Payload,
  { timestamp }: Job,
): Payload => ({ ...payload, dueAt: dueAtOf(payload, timestamp) });

const URGENT_MS = 72 * 3_600_000;

/** How long until a request's turn comes (ms). */
const waitOf = (
  payload: AccessPayload | DeletePayload,
  type: "access" | "delete",
  { context, lineOf }: Means,
): Promise<number> => {
  const now = context.now();
  const urgent = payload.dueAt !== undefined && Date.parse(payload.dueAt) - now < URGENT_MS;
  const config = context.connections.get(payload.connection)?.config;
  const kind =
    "dryRun" in payload && config && deletesOneByOne(payload, config) ? "deleteOneByOne" : type;
  return lineOf(payload.connection, kind).waitOf(payload.requestId, urgent);
};

// A payload that cannot be read now cannot be read later either.
const parseOrRefuse = <Schema extends z.ZodType>(schema: Schema, data: unknown) => {
  try {
    return parsePayload(schema, data);
  } catch (error) {
    throw error instanceof InvalidPayloadError
      ? new UnrecoverableError(`${error.code}: ${error.message}`)
      : error;
  }
};

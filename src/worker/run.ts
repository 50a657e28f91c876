import { type Job, UnrecoverableError } from "bullmq";
import type { z } from "zod";
import type { RequestId } from "../identifiers.ts";
import { processAccess } from "../processors/access.ts";
import { processDelete } from "../processors/delete.ts";
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
import { label } from "../requests/record.ts";
import { subjectHmac } from "../requests/subject-hmac.ts";
import type { JobResult, Means } from "./settle.ts";
import { settleWork } from "./settle-work.ts";

type Run = (
  job: Job,
  token: string | undefined,
  means: Means,
  signal: AbortSignal | undefined,
) => Promise<JobResult>;

/** Works one job of queue `access`. */
export const runAccess: Run = async (job, token, means, signal) => {
  const payload = parseOrRefuse(AccessPayload, job.data);
  return runRequest("access", payload, job, token, means, () =>
    processAccess(payload, means.context, signal),
  );
};

/** Works one job of queue `delete`. */
export const runDelete: Run = async (job, token, means) => {
  const payload = parseOrRefuse(DeletePayload, job.data);
  return runRequest("delete", payload, job, token, means, (users) =>
    processDelete(payload, users, means.context),
  );
};

/** Works one job of queue `task-status`: one look at one Stream task. */
export const runTaskStatus: Run = async (job, token, means) => {
  const payload = parseOrRefuse(TaskStatusPayload, job.data);
  const requests = await means.requests.servedBy(payload.taskId);
  const read = await Promise.all(requests.map((id) => means.requests.read(id)));
  const dossiers = read.filter((dossier) => dossier !== undefined);
  const verdict = () => processTaskStatus(payload, dossiers, means.context);
  const known = dossiers.map(({ record }) => record.requestId);
  return settleWork(
    verdict,
    { job, token, connection: payload.connection, requests: known },
    means,
  );
};

const runRequest = async (
  type: "access" | "delete",
  payload: AccessPayload | DeletePayload,
  job: Job,
  token: string | undefined,
  means: Means,
  work: (users: Parameters<typeof processDelete>[1]) => Promise<Verdict>,
): Promise<JobResult> => {
  const hmac = subjectHmac(payload.subject, means.subjectKey);
  const request = { type, payload, subjectHmac: hmac, owner: ownerOf(job) };
  const claimed = await claim(means.requests, request, means.context.now());
  switch (claimed.kind) {
    case "conflict":
      throw new UnrecoverableError(
        "conflict: this request id already names a different request. Use an id of its own for each request",
      );
    case "answered":
      return { duplicateOf: payload.requestId, state: label(claimed.state) };
    case "work": {
      const users = claimed.dossier.personal?.users ?? null;
      const requests: RequestId[] = [payload.requestId];
      const settlement = { job, token, connection: payload.connection, requests };
      return settleWork(() => work(users), settlement, means);
    }
  }
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

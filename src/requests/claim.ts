import type { AccessPayload, DeletePayload } from "../queues/payloads.ts";
import { type Dossier, moveTo, type State } from "./record.ts";
import type { RequestStore } from "./store.ts";

export type Claim =
  | { kind: "work"; dossier: Dossier }
  | { kind: "answered"; state: State }
  | { kind: "conflict" };

/**
 * Makes a job the owner of its request, before anything is asked of Stream.
 * The owner may claim again (stalled job, retry); a completed request is never worked twice.
 * @returns `work` with the dossier; `answered` when another job has the request or it is completed;
 *   `conflict` when the id already names a different request.
 */
export const claim = async (
  store: RequestStore,
  request: {
    type: "access" | "delete";
    payload: AccessPayload | DeletePayload;
    subjectHmac: string;
    owner: string;
  },
  now: number,
): Promise<Claim> => {
  const { type, payload, subjectHmac, owner } = request;
  const fresh = (): Dossier => ({
    record: {
      requestId: payload.requestId,
      type,
      connection: payload.connection,
      subjectHmac,
      owner,
      dryRun: isDryRun(payload),
      dueAt: payload.dueAt ?? null,
      state: { status: "pending" },
      tasks: [],
      verification: null,
      history: [],
    },
    personal: { payload, users: null },
  });
  const dossier = await store.update(payload.requestId, (current) =>
    current === undefined
      ? begin(fresh(), now)
      : current.record.owner === owner
        ? begin(current, now)
        : current,
  );
  const { record } = dossier;
  const same =
    record.type === type &&
    record.subjectHmac === subjectHmac &&
    record.connection === payload.connection &&
    record.dryRun === isDryRun(payload);
  if (!same) return { kind: "conflict" };
  if (record.owner !== owner || record.state.status === "completed") {
    return { kind: "answered", state: record.state };
  }
  return { kind: "work", dossier };
};

const begin = (dossier: Dossier, now: number): Dossier => {
  switch (dossier.record.state.status) {
    case "pending":
    case "failed":
      return moveTo(dossier, { status: "in_progress", phase: "resolving" }, now);
    case "in_progress":
    case "action_required":
    case "completed":
      return dossier;
  }
};

const isDryRun = (payload: AccessPayload | DeletePayload): boolean =>
  "dryRun" in payload && payload.dryRun;

/** Names a job for good: ids are given anew after removal, and a retry keeps the time of its first adding. */
export const ownerOf = (job: { id?: string | undefined; timestamp: number }): string =>
  `${job.id}@${job.timestamp}`;

import type { AccessPayload, DeletePayload } from "../queues/payloads.ts";
import { type Dossier, isFinal, moveTo, type State } from "./record.ts";
import type { RequestStore } from "./store.ts";

export type Claim =
  | { kind: "work"; dossier: Dossier }
  | { kind: "answered"; state: State }
  | { kind: "conflict" };

type Request = {
  type: "access" | "delete";
  payload: AccessPayload | DeletePayload;
  subjectHmac: string;
  owner: string;
};

/** @property isFirst whether the job has never run before, so that most likely there is no record yet. */
type Claimant = Request & { isFirst?: boolean };

/** Stands for the HMAC of a request that was cancelled before a worker, who alone has the key, began it. */
export const ANY_SUBJECT = "0".repeat(64);

/**
 * Makes a job the owner of its request, before anything is asked of Stream.
 * The owner may claim again (stalled job, retry); a final one is never worked again.
 * @returns `work` with the dossier; `answered` when another job has the request or it is final;
 *   `conflict` when the id already names a different request.
 */
export const claim = async (
  store: RequestStore,
  { isFirst = false, ...request }: Claimant,
  now: number,
): Promise<Claim> => {
  const { type, payload, subjectHmac, owner } = request;
  if (isFirst) {
    const fresh = begin(openDossier(request), now);
    if (await store.create(fresh)) return { kind: "work", dossier: fresh };
  }
  const dossier = await store.update(payload.requestId, (current) =>
    current === undefined
      ? begin(openDossier(request), now)
      : current.record.owner === owner
        ? begin(current, now)
        : current,
  );
  const { record } = dossier;
  const same =
    record.type === type &&
    [subjectHmac, ANY_SUBJECT].includes(record.subjectHmac) &&
    record.connection === payload.connection &&
    record.dryRun === isDryRun(payload);
  if (!same) return { kind: "conflict" };
  if (record.owner !== owner || isFinal(record.state)) {
    return { kind: "answered", state: record.state };
  }
  return { kind: "work", dossier };
};

/** The dossier of a request that nobody has begun. */
export const openDossier = ({ type, payload, subjectHmac, owner }: Request): Dossier => ({
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
    steps: [],
    inventory: null,
    verification: null,
    history: [],
  },
  personal: { payload, users: null, clearance: { kind: "none" }, steps: [] },
});

const begin = (dossier: Dossier, now: number): Dossier => {
  if (isFinal(dossier.record.state)) return dossier;
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

import { setTimeout as sleep } from "node:timers/promises";
import type { Connections } from "../connections.ts";
import { type ReceiptFacts, sentOptions } from "../evidence/claims.ts";
import type { Evidence } from "../evidence/receipts.ts";
import type { Logger } from "../logger.ts";
import type { RequestRecord } from "../requests/record.ts";
import type { RequestStore } from "../requests/store.ts";

type Means = {
  requests: RequestStore;
  connections: Connections;
  evidence: Evidence;
  now: () => number;
  logger: Logger;
};

const BATCH = 100;
const PAUSE_MS = 1000;
const PAUSE_AFTER_FAILURE_MS = 10_000;

/**
 * Issues receipts for requests that have ended, a batch at a time, beside the jobs and not within them: an ended request
 * stays on its list until its receipt is on disk, so a crash loses none and a full disk fails no deletion.
 * Disposing issues what has ended by then.
 */
export const startAttesting = (means: Means): AsyncDisposable => {
  const stopping = new AbortController();
  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => {});
  const run = async () => {
    await means.evidence.flush().catch(() => {});
    while (!stopping.signal.aborted) {
      const issued = await attest(means).catch((error: Error) => {
        means.logger.error({ error: error.message }, "receipts not issued");
        return undefined;
      });
      if (issued !== BATCH) await pause(issued === undefined ? PAUSE_AFTER_FAILURE_MS : PAUSE_MS);
    }
  };
  const running = run();
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
      await attest(means).catch(() => {});
    },
  };
};

/** Issues the receipts of one batch. @returns how many requests it was. */
const attest = async (means: Omit<Means, "logger">): Promise<number> => {
  const { requests, connections, evidence, now } = means;
  const until = now();
  const ids = await requests.ended(BATCH);
  if (ids.length === 0) return 0;
  const dossiers = await Promise.all(ids.map((id) => requests.read(id)));
  await evidence.issue(dossiers.flatMap((dossier) => factsOf(dossier?.record, connections)));
  await requests.attested(ids, until);
  return ids.length;
};

// Whoever gets no further than a dry run, a guard or a look-up has sent nothing.
const SUBMITTING = "in_progress/submitting";

const factsOf = (
  record: RequestRecord | undefined,
  connections: Connections,
): [ReceiptFacts] | [] => {
  if (!record) return [];
  const { requestId, type, connection, subjectHmac, inventory, steps, verification } = record;
  const { history, state } = record;
  const config = connections.get(connection)?.config;
  const submitted = type === "delete" && history.some(({ state }) => state === SUBMITTING);
  const options = submitted && config ? config.deletion : null;
  const facts = {
    requestId,
    type,
    connection,
    subjectHmac,
    options: options && sentOptions(options),
    taskIds: record.tasks,
    inventory: inventory?.counts ?? null,
    verification,
    ...(steps.length > 0 && {
      steps: Object.fromEntries(steps.map(({ name, state }) => [name, state])),
    }),
    history,
  };
  // One that was retried meanwhile has not ended; it comes back to the list when it has.
  if (state.status === "completed")
    return [{ ...facts, status: "completed", outcome: state.outcome }];
  return state.status === "failed" ? [{ ...facts, status: "failed", reason: state.reason }] : [];
};

import type { BeforeHook, BullBoardRequest, HookContext } from "@bull-board/api/typings/app";
import type { Logger } from "../logger.ts";

type Rule = (request: BullBoardRequest) => string | undefined | Promise<string | undefined>;

/** Bull Board itself answers that there is no such job. */
const GONE = "gone";

const allowed: Rule = () => undefined;

const onlyFailedJobs: Rule = async (request) =>
  ["failed", GONE].includes(await stateOf(request))
    ? undefined
    : "Only failed jobs are retried: a completed one has done its work, and the others still run.";

// A request whose job is gone is one that nobody answers, and nothing would be left to show it.
const onlyEndedJobs: Rule = async (request) =>
  ["completed", "failed", GONE].includes(await stateOf(request))
    ? undefined
    : "Only completed and failed jobs are removed: a request that waits would be lost without a trace. Pause the queue to stop it.";

/**
 * All that may be changed from a browser: what lets work go on, rest, or be tidied up. None of it changes a
 * payload, adds a job, or loses a request that nobody has answered.
 */
const RULES: Record<string, Rule> = {
  "put /api/queues/pause": allowed,
  "put /api/queues/resume": allowed,
  "put /api/queues/:queueName/pause": allowed,
  "put /api/queues/:queueName/resume": allowed,
  "put /api/queues/:queueName/promote": allowed,
  "put /api/queues/:queueName/:jobId/promote": allowed,
  "put /api/queues/:queueName/retry/:queueStatus": onlyFailedJobs,
  "put /api/queues/:queueName/:jobId/retry": onlyFailedJobs,
  "put /api/queues/:queueName/clean/:queueStatus": onlyEndedJobs,
  "put /api/queues/:queueName/:jobId/clean": onlyEndedJobs,
};

const REFUSALS: Record<string, string> = {
  "post /api/queues/:queueName/add":
    "Jobs are added by producers, which check the payload; not from the board.",
  "patch /api/queues/:queueName/:jobId/update-data":
    "The board hides personal data, so saving what it shows would destroy the request.",
};

const REFUSAL =
  "The board does not do this: it retries, promotes, pauses, resumes, and removes jobs that have ended.";

/** Decides what may be done through Bull Board's API: reading, and what the rules above allow. */
export const openPermissions =
  (logger: Logger): BeforeHook =>
  async (context) => {
    if (context.method === "get") return;
    const message = await refusalOf(context);
    const { queueName: queue, jobId, queueStatus } = context.request.params;
    const act = { action: context.route, queue, jobId, queueStatus };
    if (message === undefined) return logger.info(act, "operator action");
    logger.warn(act, "operator action refused");
    return { allow: false, status: 403, message };
  };

const refusalOf = ({ method, route, request }: HookContext) => {
  const action = `${method} ${route}`;
  const rule = RULES[action];
  return rule ? rule(request) : (REFUSALS[action] ?? REFUSAL);
};

/** The state that an action names, or that of the job that it names. */
const stateOf = async ({ queues, params }: BullBoardRequest): Promise<string> => {
  if (params.queueStatus !== undefined) return params.queueStatus;
  const job = await queues.get(params.queueName)?.getJob(params.jobId);
  return (await job?.getState()) ?? GONE;
};

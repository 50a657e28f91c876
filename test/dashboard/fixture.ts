import { type JobsOptions, Queue, UnrecoverableError, Worker } from "bullmq";
import got, { type Method } from "got";
import { Redis } from "ioredis";
import { vi } from "vitest";
import { type DashboardOptions, startDashboard } from "../../src/dashboard/dashboard.ts";
import { UserId } from "../../src/identifiers.ts";
import { openLogger } from "../../src/logger.ts";
import { DeletePayload } from "../../src/queues/payloads.ts";
import { openQueues, PREFIX, type QueueName } from "../../src/queues/queues.ts";
import { claim } from "../../src/requests/claim.ts";
import { moveTo, type State } from "../../src/requests/record.ts";
import { openRequestStore } from "../../src/requests/store.ts";
import { test as withRedis } from "../helpers/redis.ts";

type CallOptions = {
  method?: Method;
  headers?: Record<string, string>;
  body?: string;
  followRedirect?: boolean;
};

export type Board = Awaited<ReturnType<typeof openBoard>>;

/** A dashboard on a free port over the given Redis, and the hands of producers and workers around it. */
export const openBoard = async (redisUrl: string, options: Partial<DashboardOptions> = {}) => {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: null }).on("error", () => {});
  const queues = openQueues(redis);
  const requests = openRequestStore(redis, { prefix: PREFIX, ttlSeconds: 60, now: Date.now });
  const logger = openLogger("silent");
  const place = { host: "127.0.0.1", port: 0 };
  const publicKeys = async () => ({ keys: [] });
  const dashboard = await startDashboard({
    ...place,
    queues,
    requests,
    publicKeys,
    logger,
    ...options,
  });
  const call = async (path: string, options: CallOptions = {}) => {
    const url = `${dashboard.url}${path}`;
    const response = await got(url, { throwHttpErrors: false, retry: { limit: 0 }, ...options });
    const { statusCode: status, headers, body: text } = response;
    return { status, headers, text, json: () => JSON.parse(text) };
  };
  return {
    url: dashboard.url,
    redis,
    queues,
    requests,
    call,
    put: (path: string) => call(path, { method: "PUT" }),
    /** Adds a job as a producer of another make would: any name, any data, any options. */
    async add(queue: QueueName, name: string, data: unknown, opts: JobsOptions) {
      const stranger = new Queue(queue, { connection: redis, prefix: PREFIX });
      await stranger.add(name, data, opts);
      await stranger.close();
    },
    /** Works whatever waits in a queue until the queue is idle. @returns how many attempts that took. */
    async work(queue: QueueName, process: () => Promise<unknown>) {
      let attempts = 0;
      const count = () => {
        attempts++;
        return process();
      };
      const worker = new Worker(queue, count, { connection: redis, prefix: PREFIX });
      await vi.waitUntil(async () => isIdle(await queues[queue].getJobCounts()), {
        timeout: 10_000,
        interval: 10,
      });
      await worker.close();
      return attempts;
    },
    async [Symbol.asyncDispose]() {
      await dashboard[Symbol.asyncDispose]();
      await queues[Symbol.asyncDispose]();
      redis.disconnect();
    },
  };
};

const isIdle = ({ waiting, active, prioritized }: Record<string, number>): boolean =>
  !waiting && !active && !prioritized;

/** What a worker throws for good, and for another try. */
export const refuse = async () => {
  throw new UnrecoverableError("invalid_payload: The payload is not valid: subject: is missing");
};
export const stumble = async () => {
  throw new Error("Stream is away");
};

/** `board`: a dashboard without a login over an empty Redis. */
export const test = withRedis.extend("board", async ({ redisUrl }, { onCleanup }) => {
  const board = await openBoard(redisUrl);
  onCleanup(() => board[Symbol.asyncDispose]());
  return board;
});

/** Ann's deletion in a state of its record, looked up or not, while its job waits for its next look. */
export const addRequest = async (
  board: Board,
  state: State,
  { requestId = ANN.requestId as string, dueAt = undefined as string | undefined, users = 0 } = {},
) => {
  const payload = DeletePayload.parse({ ...ANN, requestId, ...(dueAt && { dueAt }) });
  await board.add("delete", "delete", payload, { jobId: requestId, delay: 1e9, timestamp: 1 });
  const owner = `${requestId}@1`;
  await claim(board.requests, { type: "delete", payload, subjectHmac: "abc", owner }, 1);
  await board.requests.update(payload.requestId, (dossier) => {
    if (!dossier?.personal) throw new Error("The request was not claimed");
    return moveTo({ ...dossier, personal: { ...dossier.personal, users: found(users) } }, state, 2);
  });
};

const found = (count: number) =>
  count === 0
    ? null
    : Array.from({ length: count }, (_, n) => {
        return { userId: UserId.parse(`ann-${n}`), seen: true, state: "found" as const };
      });

/** What a request that leads to several users waits with. */
export const REVIEW: State = {
  status: "action_required",
  reason: "several_matches",
  message: "The identifier leads to 2 users",
};

/** A deletion of one Ann, whose data must show nowhere. */
export const ANN = {
  version: 1,
  requestId: "delete-ann",
  connection: "default",
  subject: { email: "ann@example.com" },
  metadata: { ticket: "Ann Smith wrote" },
  dryRun: false,
} as const;

import { randomUUID } from "node:crypto";
import type { z } from "zod";
import { RequestId } from "../identifiers.ts";
import { connectProducerRedis } from "../redis.ts";
import { dueAtOf } from "../requests/deadline.ts";
import { AccessPayload, DeletePayload, parsePayload } from "./payloads.ts";
import { openQueues } from "./queues.ts";

type AccessRequest = Omit<z.input<typeof AccessPayload>, "version" | "requestId"> & {
  requestId?: string;
};
type DeleteRequest = Omit<z.input<typeof DeletePayload>, "version" | "requestId"> & {
  requestId?: string;
};

export type Producer = AsyncDisposable & {
  /** Queues an access request. @returns its request id. @throws InvalidPayloadError; Error when Redis is away. */
  requestAccess(request: AccessRequest): Promise<RequestId>;
  /** Queues a deletion. @returns its request id. @throws InvalidPayloadError; Error when Redis is away. */
  requestDelete(request: DeleteRequest): Promise<RequestId>;
};

/** Opens a producer that fails fast: neither connecting nor adding waits for a Redis that is away. */
export const openProducer = async (redisUrl: string): Promise<Producer> => {
  const redis = await connectProducerRedis(redisUrl);
  const queues = openQueues(redis, { skipWaitingForReady: true });
  return {
    async requestAccess(request) {
      const payload = parsePayload(AccessPayload, complete(request));
      await queues.access.add("access", payload, jobOptions(payload));
      return payload.requestId;
    },
    async requestDelete(request) {
      const payload = parsePayload(DeletePayload, complete(request));
      await queues.delete.add("delete", payload, jobOptions(payload));
      return payload.requestId;
    },
    async [Symbol.asyncDispose]() {
      await queues[Symbol.asyncDispose]();
      redis.disconnect();
    },
  };
};

const complete = (request: AccessRequest | DeleteRequest) => ({
  ...request,
  version: 1,
  requestId: request.requestId ?? RequestId.parse(`dsr-${randomUUID()}`),
});

const HOUR_MS = 3_600_000;
const ANSWER_WITHIN_MS = 30 * 24 * HOUR_MS;
const FIRST_HOUR = Date.UTC(2026, 0, 1) / HOUR_MS;

/** BullMQ works lower priorities first: hours until the request is due, counted from a fixed day, so none starves. */
export const priorityOf = (dueAt: string | undefined, now: number): number => {
  const due = dueAt === undefined ? now + ANSWER_WITHIN_MS : Date.parse(dueAt);
  return Math.min(Math.max(1, Math.floor(due / HOUR_MS - FIRST_HOUR)), 2_097_151);
};

const jobOptions = (payload: AccessPayload | DeletePayload) => ({
  jobId: payload.requestId,
  priority: priorityOf(dueAtOf(payload, Date.now()), Date.now()),
});

import { randomUUID } from "node:crypto";
import type { Job } from "bullmq";
import type { z } from "zod";
import { RequestId } from "../identifiers.ts";
import { connectProducerRedis } from "../redis.ts";
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

const jobOptions = (payload: { requestId: RequestId }): Pick<Job["opts"], "jobId"> => ({
  jobId: payload.requestId,
});

import type { RequestHandler } from "express";
import type { Queues } from "../queues/queues.ts";

const PATIENCE_MS = 2000;

/** Answers 200 while `isHealthy`, else 503; an answer that does not come is a no. */
export const answerHealth =
  (isHealthy: () => Promise<boolean> | boolean): RequestHandler =>
  async (_request, response) => {
    const healthy = await inTime(isHealthy).catch(() => false);
    response
      .status(healthy ? 200 : 503)
      .json(healthy ? { status: "ok" } : { status: "unavailable" });
  };

/** Whether Redis answers. Commands wait as long as Redis is away, so the caller must not. */
export const answersRedis = async (queues: Queues): Promise<boolean> => {
  await queues.access.isPaused();
  return true;
};

const inTime = async (isHealthy: () => Promise<boolean> | boolean): Promise<boolean> => {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), PATIENCE_MS);
  try {
    return await Promise.race([isHealthy(), late]);
  } finally {
    clearTimeout(timer);
  }
};

import type { ErrorRequestHandler } from "express";
import { z } from "zod";
import type { Logger } from "../logger.ts";

const Refusal = z.object({ statusCode: z.int().min(400).max(499) });

/** The answer to a request that threw: what went wrong is for the log, except that the client was wrong. */
export const failureOf = (error: Error, logger: Logger) => {
  const refusal = Refusal.safeParse(error);
  if (refusal.success) {
    return { status: 400 as const, body: { error: "The request is not valid." } };
  }
  // The message of a SyntaxError quotes the text, which may be a job's data.
  const why = error instanceof SyntaxError ? error.name : error.message;
  logger.error({ error: why }, "dashboard request failed");
  return {
    status: 500 as const,
    body: { error: "The request failed. The dashboard's log says why." },
  };
};

/** The same as Express wants it. */
export const answerFailures =
  (logger: Logger): ErrorRequestHandler =>
  (error, _request, response, next) => {
    if (response.headersSent) return next(error);
    const { status, body } = failureOf(error, logger);
    response.status(status).json(body);
  };

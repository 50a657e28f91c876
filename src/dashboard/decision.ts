import type { RequestHandler } from "express";
import { Decision, DecisionError, decide } from "../commands/decide.ts";
import type { Logger } from "../logger.ts";
import { lookUpRequest } from "../requests/look-up.ts";
import { requestIdOf } from "./request-view.ts";

type Sources = Parameters<typeof decide>[2];

/** Takes a decision about a request and answers with its view, or with 409 and why it cannot be taken. */
export const answerDecision =
  (sources: Sources, logger: Logger): RequestHandler =>
  async (request, response, next) => {
    const decision = Decision.safeParse(request.params.decision);
    if (!decision.success) return next();
    const requestId = requestIdOf(request, response);
    if (!requestId) return;
    const act = { action: decision.data, requestId };
    try {
      await decide(decision.data, requestId, sources);
      logger.info(act, "operator action");
      response.json(await lookUpRequest(requestId, sources));
    } catch (error) {
      if (!(error instanceof DecisionError)) throw error;
      logger.warn(act, "operator action refused");
      response.status(409).json({ error: error.message });
    }
  };

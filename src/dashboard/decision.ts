import type { Request, RequestHandler, Response } from "express";
import { Decision, DecisionError, decide, openDecisions } from "../commands/decide.ts";
import type { RequestId } from "../identifiers.ts";
import type { Logger } from "../logger.ts";
import { lookUpRequest } from "../requests/look-up.ts";
import { confirmationPage } from "./pages/confirmation-page.ts";
import { answerSentence, prefersPage, sendPage } from "./pages/page.ts";
import { type Sources, sendRequestPage, validId } from "./request-view.ts";

/** Takes a decision about a request and answers with what became of it, or with 409 and why it cannot be taken. */
export const answerDecision =
  (sources: Sources, logger: Logger): RequestHandler =>
  async (request, response, next) => {
    const decision = Decision.safeParse(request.params.decision);
    if (!decision.success) return next();
    const requestId = validId(request.params.id, request, response);
    if (!requestId) return;
    const act = { action: decision.data, requestId };
    try {
      await decide(decision.data, requestId, sources);
      logger.info(act, "operator action");
      if (prefersPage(request)) response.redirect(303, `/requests/${requestId}`);
      else response.json(await lookUpRequest(requestId, sources));
    } catch (error) {
      if (!(error instanceof DecisionError)) throw error;
      logger.warn(act, "operator action refused");
      await answerRefusal(error, requestId, request, response, sources);
    }
  };

const answerRefusal = async (
  { message }: DecisionError,
  requestId: RequestId,
  request: Request,
  response: Response,
  sources: Sources,
): Promise<void> => {
  const view = prefersPage(request) && (await lookUpRequest(requestId, sources));
  if (view) await sendRequestPage(response, view, sources, message);
  else answerSentence(request, response, 409, message);
};

/** Asks a browser to confirm a decision; shows the request instead when it cannot be taken any more. */
export const askForConfirmation =
  (sources: Sources): RequestHandler =>
  async (request, response, next) => {
    const decision = Decision.safeParse(request.params.decision);
    if (!decision.success || !prefersPage(request)) return next();
    const id = validId(request.params.id, request, response);
    if (!id) return;
    const [view, open] = await Promise.all([
      lookUpRequest(id, sources),
      openDecisions(id, sources),
    ]);
    if (view && open.includes(decision.data)) {
      sendPage(response, 200, confirmationPage(decision.data, view));
    } else {
      response.redirect(303, `/requests/${id}`);
    }
  };

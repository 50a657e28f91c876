import type { Request, RequestHandler, Response } from "express";
import { z } from "zod";
import { openDecisions } from "../commands/decide.ts";
import { RequestId } from "../identifiers.ts";
import type { Queues } from "../queues/queues.ts";
import { listActionRequired, listDue } from "../requests/lists.ts";
import { lookUpRequest } from "../requests/look-up.ts";
import type { RequestStore } from "../requests/store.ts";
import type { RequestView } from "../requests/view.ts";
import { jobsOf } from "./jobs.ts";
import { answerSentence, prefersPage, sendPage } from "./pages/page.ts";
import { requestPage } from "./pages/request-page.ts";
import { requestsPage } from "./pages/requests-page.ts";

export type Sources = { requests: RequestStore; queues: Queues };

const SOON_MS = 7 * 86_400_000;

/** Answers with the requests that wait for a human, and those that are overdue or due within a week. */
export const answerRequests =
  (sources: Sources): RequestHandler =>
  async (request, response) => {
    const now = Date.now();
    const [held, due] = await Promise.all([
      listActionRequired(sources, now),
      listDue(sources, now + SOON_MS, now),
    ]);
    if (prefersPage(request)) sendPage(response, 200, requestsPage({ held, due }, now));
    else response.json({ requests: due, actionRequired: held });
  };

const Search = z.object({ id: z.string() });

/** Takes a browser that searches for a request to its page. */
export const findRequest: RequestHandler = (request, response, next) => {
  const search = Search.safeParse(request.query);
  if (!search.success || !prefersPage(request)) return next();
  const id = validId(search.data.id.trim(), request, response);
  if (id) response.redirect(303, `/requests/${id}`);
};

/** Answers with the public view of the request that the path names. */
export const answerRequest =
  (sources: Sources): RequestHandler =>
  async (request, response) => {
    const id = validId(request.params.id, request, response);
    if (!id) return;
    const view = await lookUpRequest(id, sources);
    if (!view) answerSentence(request, response, 404, `No request ${id} is known.`);
    else if (prefersPage(request)) await sendRequestPage(response, view, sources);
    else response.json(view);
  };

/** Answers with the page of a request; with 409 when there is a problem to tell. */
export const sendRequestPage = async (
  response: Response,
  view: RequestView,
  sources: Sources,
  problem?: string,
): Promise<void> => {
  const [decisions, jobs] = await Promise.all([
    openDecisions(view.requestId, sources),
    jobsOf(view, sources.queues),
  ]);
  const page = requestPage(view, { decisions, jobs, problem, now: Date.now() });
  sendPage(response, problem ? 409 : 200, page);
};

/** @returns the request id, or undefined after having answered that it is none. */
export const validId = (
  given: unknown,
  request: Request,
  response: Response,
): RequestId | undefined => {
  const id = RequestId.safeParse(given);
  if (id.success) return id.data;
  const issues = id.error.issues.map((issue) => issue.message).join("; ");
  answerSentence(request, response, 404, `This is not a request id: it ${issues}.`);
  return undefined;
};

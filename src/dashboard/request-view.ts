import type { Request, RequestHandler, Response } from "express";
import { RequestId } from "../identifiers.ts";
import { listDue, lookUpRequest } from "../requests/look-up.ts";

const SOON_MS = 7 * 86_400_000;

/** Answers with the requests that are overdue or due within a week, the oldest first. */
export const answerDue =
  (sources: Parameters<typeof listDue>[0]): RequestHandler =>
  async (_request, response) => {
    const now = Date.now();
    response.json({ requests: await listDue(sources, now + SOON_MS, now) });
  };

/** Answers with the public view of the request that the path names. */
export const answerRequest =
  (sources: Parameters<typeof lookUpRequest>[1]): RequestHandler =>
  async (request, response) => {
    const id = requestIdOf(request, response);
    if (!id) return;
    const view = await lookUpRequest(id, sources);
    if (view) response.json(view);
    else response.status(404).json({ error: `No request ${id} is known.` });
  };

/** @returns the request id in the path, or undefined after having answered that it is none. */
export const requestIdOf = (request: Request, response: Response): RequestId | undefined => {
  const id = RequestId.safeParse(request.params.id);
  if (id.success) return id.data;
  const issues = id.error.issues.map((issue) => issue.message).join("; ");
  response.status(404).json({ error: `This is not a request id: it ${issues}.` });
  return undefined;
};

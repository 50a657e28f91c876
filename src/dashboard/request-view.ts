import type { RequestHandler } from "express";
import { RequestId } from "../identifiers.ts";
import { lookUpRequest } from "../requests/look-up.ts";

/** Answers with the public view of the request that the path names. */
export const answerRequest =
  (sources: Parameters<typeof lookUpRequest>[1]): RequestHandler =>
  async (request, response) => {
    const id = RequestId.safeParse(request.params.id);
    if (!id.success) {
      const issues = id.error.issues.map((issue) => issue.message).join("; ");
      response.status(404).json({ error: `This is not a request id: it ${issues}.` });
      return;
    }
    const view = await lookUpRequest(id.data, sources);
    if (view) response.json(view);
    else response.status(404).json({ error: `No request ${id.data} is known.` });
  };

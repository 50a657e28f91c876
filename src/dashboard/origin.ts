import type { IncomingHttpHeaders } from "node:http";
import type { RequestHandler } from "express";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** Without a login, only this machine's own names will do: another name is a web page that rebound its DNS. */
export const requireLoopbackName: RequestHandler = (request, response, next) => {
  const { hostname } = URL.parse(`http://${request.headers.host}`) ?? {};
  if (hostname && LOOPBACK.includes(hostname)) return next();
  response
    .status(403)
    .json({ error: "Without a login the dashboard answers to localhost and 127.0.0.1 only." });
};

/**
 * Lets a change through only from our own pages: browsers send a login along with whatever a foreign page
 * submits. A client that sends neither header is no browser. Bodies must be JSON, which no HTML form can send.
 */
export const requireSameOrigin: RequestHandler = (request, response, next) => {
  if (request.method === "GET" || request.method === "HEAD") return next();
  if (!isSameOrigin(request.headers)) {
    response
      .status(403)
      .json({ error: "Changes are accepted from the dashboard's own pages only." });
  } else if (hasBody(request.headers) && !request.is("application/json")) {
    response.status(415).json({ error: "The body must be application/json." });
  } else {
    next();
  }
};

const hasBody = (headers: IncomingHttpHeaders): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

const isSameOrigin = ({ "sec-fetch-site": site, origin, host }: IncomingHttpHeaders): boolean => {
  if (site !== undefined) return site === "same-origin";
  return origin === undefined || URL.parse(origin)?.host === host;
};

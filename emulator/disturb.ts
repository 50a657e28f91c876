import type { ServerResponse } from "node:http";
import { ApiError, notFound, tooManyRequests } from "./errors.ts";
import type { Fault } from "./faults.ts";
import { chunked, type Reply } from "./http.ts";

const RATE_LIMIT_HEADER = /^x-ratelimit-/i;

export type Disturbance =
  /** Another reply goes out. */
  | { kind: "reply"; reply: Reply }
  /** The connection itself misbehaves. */
  | { kind: "connection"; act: (response: ServerResponse) => void };

/**
 * What a fault makes of a reply.
 * @param refuse words an error as Stream does, with its rate-limit headers.
 */
export const disturb = (
  fault: Fault,
  reply: Reply,
  refuse: (error: ApiError) => Reply,
): Disturbance => {
  switch (fault.kind) {
    case "rate_limited":
      return replying(rateLimited(fault, refuse(tooManyRequests())));
    case "edge_rate_limited":
      return replying(plainText(429, "Too Many Requests\n", retryAfter(fault)));
    case "bad_gateway":
      return replying({ status: 502, headers: { "content-type": "text/html" }, body: BAD_GATEWAY });
    case "internal_error":
      return replying(refuse(new ApiError(500, -1, "internal error")));
    case "not_found":
      return replying(refuse(notFound("not found")));
    case "request_timeout":
      return replying(refuse(new ApiError(408, 23, "request timed out")));
    case "unrecoverable": {
      const { status = 500, code = -1 } = fault;
      return replying(refuse(new ApiError(status, code, "not possible", { unrecoverable: true })));
    }
    case "doubled_headers":
      return replying({ ...reply, headers: doubled(reply.headers) });
    case "invalid_body":
      return replying({ ...reply, body: fault.body ?? '{"unexpected":' });
    case "answer":
      return replying({ status: fault.status, headers: { ...fault.headers }, body: fault.body });
    case "hang":
      return connection(() => undefined);
    case "reset":
      return connection((response) => response.socket?.resetAndDestroy());
    case "truncated_body":
      return replying({ ...reply, body: [beginning(reply.body, fault.afterBytes)] });
    case "reset_mid_body":
      return connection((response) => cut(response, reply, fault.afterBytes));
  }
};

const replying = (reply: Reply): Disturbance => ({ kind: "reply", reply });
const connection = (act: (response: ServerResponse) => void): Disturbance => ({
  kind: "connection",
  act,
});

const rateLimited = (fault: Extract<Fault, { kind: "rate_limited" }>, reply: Reply): Reply => {
  const headers = { ...reply.headers, ...retryAfter(fault) };
  if (fault.headers === "doubled") return { ...reply, headers: doubled(headers) };
  if (fault.headers !== "none") return { ...reply, headers };
  const others = Object.entries(headers).filter(([name]) => !RATE_LIMIT_HEADER.test(name));
  return { ...reply, headers: Object.fromEntries(others) };
};

const retryAfter = (fault: { retryAfter?: string | number }): Record<string, string> =>
  fault.retryAfter === undefined ? {} : { "Retry-After": String(fault.retryAfter) };

const doubled = (headers: Reply["headers"]): Reply["headers"] =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      RATE_LIMIT_HEADER.test(name) ? [String(value), String(value)] : value,
    ]),
  );

const plainText = (status: number, body: string, headers: Record<string, string>): Reply => ({
  status,
  headers: { "content-type": "text/plain", ...headers },
  body,
});

// Ending the socket once the part is flushed leaves a body without its end, as a broken line would.
const cut = (response: ServerResponse, reply: Reply, afterBytes: number | undefined): void => {
  response.writeHead(reply.status, reply.headers);
  response.write(beginning(reply.body, afterBytes), () => response.socket?.destroy());
};

const beginning = (body: Reply["body"], bytes: number | undefined): Buffer => {
  const chunks: Buffer[] = [];
  let length = 0;
  for (const chunk of chunked(typeof body === "string" ? [body] : body)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > (bytes ?? 0)) break;
  }
  return Buffer.concat(chunks).subarray(0, bytes ?? Math.floor(length / 2));
};

const BAD_GATEWAY =
  "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n";

import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createGzip, gzipSync } from "node:zlib";
import { ApiError, invalidInput } from "./errors.ts";

/** An answer before it is written: a body, or the parts of one. */
export type Reply = {
  status: number;
  headers: Record<string, string | string[]>;
  body: string | Iterable<string | Buffer>;
};

const LONGEST_BODY = 1024 * 1024;
const CHUNK = 64 * 1024;
// As proxies do: a small body would not gain from it.
const SHORTEST_COMPRESSED = 1024;
const FAST = { level: constants.Z_BEST_SPEED };

/** Reads a JSON body. @returns undefined for an empty one, and the refusal to answer with for a bad one. */
export const readBody = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= LONGEST_BODY) chunks.push(chunk);
  }
  if (length > LONGEST_BODY) return new ApiError(413, 22, "payload is too big");
  if (length === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return invalidInput("request body is not valid JSON");
  }
};

/** Writes a reply; a long one part by part, at the pace of the reader. */
export const send = async (
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  compress: boolean,
): Promise<void> => {
  const gzip = compress && /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
  const chunks = chunked(typeof reply.body === "string" ? [reply.body] : reply.body);
  const first = chunks.next().value ?? Buffer.alloc(0);
  const second = chunks.next();
  if (second.done) return sendWhole(response, reply, first, gzip);

  response.writeHead(reply.status, { ...reply.headers, ...(gzip && ENCODED) });
  const source = Readable.from(resumed(first, second.value, chunks), { objectMode: true });
  await (gzip ? pipeline(source, createGzip(FAST), response) : pipeline(source, response));
};

const ENCODED = { "content-encoding": "gzip" };

const sendWhole = (response: ServerResponse, reply: Reply, plain: Buffer, gzip: boolean): void => {
  const encoded = gzip && plain.length >= SHORTEST_COMPRESSED;
  const body = encoded ? gzipSync(plain, FAST) : plain;
  const length = { "content-length": String(body.length) };
  response.writeHead(reply.status, { ...reply.headers, ...length, ...(encoded && ENCODED) });
  response.end(body);
};

/** Joins small parts to chunks that are worth a write. */
export function* chunked(parts: Iterable<string | Buffer>): Generator<Buffer, undefined> {
  let text = "";
  for (const part of parts) {
    if (typeof part === "string") text += part;
    else yield part;
    if (text.length < CHUNK) continue;
    yield Buffer.from(text);
    text = "";
  }
  if (text) yield Buffer.from(text);
}

function* resumed(first: Buffer, second: Buffer, rest: Generator<Buffer>): Generator<Buffer> {
  yield first;
  yield second;
  yield* rest;
}

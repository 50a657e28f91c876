import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import got, { type Got, type PlainResponse } from "got";
import type { z } from "zod";
import { parseAnswer, refusal, transportError } from "./answer.ts";
import type { StreamError } from "./errors.ts";
import { type Limiter, waitForSlot } from "./limiter.ts";
import { OPERATIONS, type OperationId, pathOf } from "./operations.ts";
import { readRateLimit } from "./rate-limit-headers.ts";
import { serverToken } from "./token.ts";

export type Credentials = { apiKey: string; apiSecret: string; baseUrl: string };

/** Credentials, and a signal that breaks off every call when the process has no time left. */
export type HttpOptions = Credentials & { givingUp?: AbortSignal | undefined };

export type CallOptions = {
  parameters?: Record<string, string>;
  searchParams?: Record<string, string | boolean>;
  json?: unknown;
  signal?: AbortSignal | undefined;
  /** Whether the caller holds a slot of the rate limit; else the call waits for one, or is refused. */
  slotTaken?: boolean;
  /** The longest wait in place for such a slot, in milliseconds: five seconds unless given. */
  longestWaitMs?: number;
};

export type Http = {
  /** Makes one call and parses the answer. @throws StreamError for every way in which that can fail. */
  call<Schema extends z.ZodType>(
    id: OperationId,
    schema: Schema,
    options?: CallOptions,
  ): Promise<z.output<Schema>>;
  /** Makes one call. @returns the answer and its body as Stream sent it. @throws StreamError as above. */
  text<Schema extends z.ZodType>(
    id: OperationId,
    schema: Schema,
    options?: CallOptions,
  ): Promise<{ answer: z.output<Schema>; body: string }>;
  /** Makes one call and hands out the body as it arrives. @throws StreamError, also while the body is read. */
  stream(id: OperationId, options?: CallOptions): Promise<AsyncIterable<Buffer>>;
};

/** How many connections a worker opens to one app, at most. */
export const MOST_SOCKETS = 64;

const LONGEST_WAIT_IN_PLACE_MS = 5000;
const LONGEST_ERROR_BODY = 64 * 1024;

/** Stream's HTTP API with an app's credentials. It never tries twice: retrying belongs to the queue. */
export const openHttp = async (credentials: HttpOptions, limiter: Limiter): Promise<Http> => {
  const client = await gotFor(credentials);

  const start = async <Response>(
    id: OperationId,
    options: CallOptions,
    request: () => Promise<Response>,
  ): Promise<Response> => {
    if (!options.slotTaken) {
      await waitForSlot(limiter, id, {
        longestMs: options.longestWaitMs ?? LONGEST_WAIT_IN_PLACE_MS,
        signal: options.signal ?? credentials.givingUp,
      });
    }
    return request().catch((error) => {
      throw transportError(id, error);
    });
  };

  const accept = async (id: OperationId, response: PlainResponse, body: () => Promise<string>) => {
    const rateLimit = readRateLimit(response.headers);
    if (rateLimit) await limiter.observe(id, rateLimit);
    if (response.statusCode >= 200 && response.statusCode < 300) return;
    const error = refusal(id, response, await body());
    if (error.code === "rate_limited") await limiter.pause(id, resumptionOf(error));
    throw error;
  };

  const text: Http["text"] = async (id, schema, options = {}) => {
    const timeout = { request: OPERATIONS[id].timeoutMs };
    const response = await start(id, options, () =>
      client(pathOf(id, options.parameters ?? {}), {
        ...requestOptions(id, options),
        timeout,
        responseType: "text",
      }),
    );
    const { body } = response;
    await accept(id, response, async () => body);
    return { answer: parseAnswer(id, schema, response.statusCode, body), body };
  };

  return {
    text,
    call: async (id, schema, options) => (await text(id, schema, options)).answer,
    async stream(id, options = {}) {
      const timeout = { connect: 10_000, response: OPERATIONS[id].timeoutMs, socket: 60_000 };
      const path = pathOf(id, options.parameters ?? {});
      const { response, body } = await start(id, options, () =>
        answerOf(client.stream(path, { ...requestOptions(id, options), timeout })),
      );
      const readable = translated(id, body);
      await accept(id, response, () => firstPart(readable));
      return readable;
    },
  };
};

const gotFor = async ({ apiKey, apiSecret, baseUrl, givingUp }: HttpOptions): Promise<Got> =>
  got.extend({
    prefixUrl: `${baseUrl.replace(/\/$/, "")}/api/v2/`,
    searchParams: { api_key: apiKey },
    headers: {
      authorization: await serverToken(apiSecret),
      "stream-auth-type": "jwt",
      "x-stream-client": "stream-dsr",
      "user-agent": "stream-dsr",
    },
    agent: {
      http: new HttpAgent({ keepAlive: true, maxSockets: MOST_SOCKETS }),
      https: new HttpsAgent({ keepAlive: true, maxSockets: MOST_SOCKETS }),
    },
    // BullMQ retries jobs; a second retry loop here would multiply with it.
    retry: { limit: 0 },
    throwHttpErrors: false,
    followRedirect: false,
    allowAbsoluteUrls: false,
    ...(givingUp && { signal: givingUp }),
  });

const requestOptions = (id: OperationId, options: CallOptions) => ({
  method: OPERATIONS[id].method,
  ...(options.searchParams && { searchParams: options.searchParams }),
  ...(options.json !== undefined && { json: options.json }),
  ...(options.signal && { signal: options.signal }),
});

const PAUSE_WITHOUT_WORD_MS = 30_000;

// Edge proxies refuse without saying until when.
const resumptionOf = (error: StreamError): number =>
  error.retryAt ?? Date.now() + PAUSE_WITHOUT_WORD_MS;

const answerOf = (body: ReturnType<Got["stream"]>) =>
  new Promise<{ response: PlainResponse; body: AsyncIterable<Buffer> }>((resolve, reject) => {
    body.once("response", (response: PlainResponse) => resolve({ response, body }));
    body.once("error", reject);
  });

async function* translated(id: OperationId, body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw transportError(id, error);
  }
}

const firstPart = async (body: AsyncIterable<Buffer>): Promise<string> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LONGEST_ERROR_BODY) break;
  }
  return Buffer.concat(chunks).toString();
};

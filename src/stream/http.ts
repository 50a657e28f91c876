import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import got, { type Got, type PlainResponse, RequestError } from "got";
import type { z } from "zod";
import { classify, StreamError } from "./errors.ts";
import { callName, OPERATIONS, type OperationId, pathOf } from "./operations.ts";
import { readRetryAt } from "./rate-limit-headers.ts";
import { ApiError } from "./schemas.ts";
import { serverToken } from "./token.ts";

export type Credentials = { apiKey: string; apiSecret: string; baseUrl: string };

type CallOptions = {
  parameters?: Record<string, string>;
  searchParams?: Record<string, string | boolean>;
  json?: unknown;
  signal?: AbortSignal | undefined;
};

export type Http = {
  /** Makes one call and parses the answer. @throws StreamError for every way in which that can fail. */
  call<Schema extends z.ZodType>(
    id: OperationId,
    schema: Schema,
    options?: CallOptions,
  ): Promise<z.output<Schema>>;
  /** Makes one call and hands out the body as it arrives. @throws StreamError, also while the body is read. */
  stream(id: OperationId, options?: CallOptions): Promise<AsyncIterable<Buffer>>;
};

const LONGEST_ERROR_BODY = 64 * 1024;

/** Stream's HTTP API with an app's credentials. It never tries twice: retrying belongs to the queue. */
export const openHttp = async (credentials: Credentials): Promise<Http> => {
  const client = await gotFor(credentials);
  return {
    async call(id, schema, options = {}) {
      const response = await send(id, () =>
        client(pathOf(id, options.parameters ?? {}), {
          ...requestOptions(id, options),
          timeout: { request: OPERATIONS[id].timeoutMs ?? 60_000 },
          responseType: "text",
        }),
      );
      if (!isSuccess(response)) throw refusal(id, response, response.body);
      return parseAnswer(id, schema, response.statusCode, response.body);
    },
    async stream(id, options = {}) {
      const request = client.stream(pathOf(id, options.parameters ?? {}), {
        ...requestOptions(id, options),
        timeout: { connect: 10_000, response: 120_000, socket: 60_000 },
      });
      const response = await send(
        id,
        () =>
          new Promise<PlainResponse>((resolve, reject) => {
            request.once("response", resolve).once("error", reject);
          }),
      );
      const body = readBody(id, request);
      if (!isSuccess(response)) throw refusal(id, response, await firstPart(body));
      return body;
    },
  };
};

const gotFor = async ({ apiKey, apiSecret, baseUrl }: Credentials): Promise<Got> =>
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
      http: new HttpAgent({ keepAlive: true, maxSockets: 64 }),
      https: new HttpsAgent({ keepAlive: true, maxSockets: 64 }),
    },
    // BullMQ retries jobs; a second retry loop here would multiply with it.
    retry: { limit: 0 },
    throwHttpErrors: false,
    followRedirect: false,
    allowAbsoluteUrls: false,
  });

const requestOptions = (id: OperationId, options: CallOptions) => ({
  method: OPERATIONS[id].method,
  ...(options.searchParams && { searchParams: options.searchParams }),
  ...(options.json !== undefined && { json: options.json }),
  ...(options.signal && { signal: options.signal }),
});

const isSuccess = (response: { statusCode: number }): boolean =>
  response.statusCode >= 200 && response.statusCode < 300;

const send = async <Response>(id: OperationId, attempt: () => Promise<Response>) => {
  try {
    return await attempt();
  } catch (error) {
    throw transportError(id, error);
  }
};

async function* readBody(id: OperationId, body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
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

const parseAnswer = <Schema extends z.ZodType>(
  id: OperationId,
  schema: Schema,
  status: number,
  body: string,
): z.output<Schema> => {
  const parsed = schema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.slice(0, 1).join("") || "body");
  throw new StreamError(
    "invalid_answer",
    `${callName(id)} answered ${status} with an unexpected ${[...new Set(fields)].join(", ")}`,
    { status },
  );
};

const refusal = (id: OperationId, response: PlainResponse, body: string): StreamError => {
  const status = response.statusCode;
  const error = ApiError.safeParse(parseJson(body)).data;
  return new StreamError(
    classify(status, error?.code),
    `${callName(id)} answered ${status}${error ? ` (code ${error.code})` : ""}`,
    {
      status,
      streamCode: error?.code,
      unrecoverable: error?.unrecoverable,
      retryAt: readRetryAt(response.headers, Date.now()),
    },
  );
};

const UNREACHABLE =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ERR_TLS|CERT_|DEPTH_|SELF_|UNABLE_)/;

// got's error carries the request with its key and token, so only its code is kept as the cause.
const transportError = (id: OperationId, error: unknown): unknown => {
  if (!(error instanceof RequestError)) return error;
  if (error.name === "AbortError") return error;
  const cause = new Error(error.code);
  if (error.code === "ETIMEDOUT") {
    return new StreamError("timeout", `${callName(id)} did not answer in time`, { cause });
  }
  const code = UNREACHABLE.test(error.code) ? "unreachable" : "unavailable";
  return new StreamError(code, `${callName(id)} could not be completed (${error.code})`, { cause });
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

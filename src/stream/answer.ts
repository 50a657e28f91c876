import type { IncomingHttpHeaders } from "node:http";
import { RequestError } from "got";
import type { z } from "zod";
import { classify, StreamError } from "./errors.ts";
import { callName, type OperationId } from "./operations.ts";
import { readRetryAt } from "./rate-limit-headers.ts";
import { ApiError } from "./schemas.ts";

/** @throws StreamError `invalid_answer` when a success is not what Stream promises. */
export const parseAnswer = <Schema extends z.ZodType>(
  id: OperationId,
  schema: Schema,
  status: number,
  body: string,
): z.output<Schema> => {
  const parsed = schema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => String(issue.path[0] ?? "body"));
  throw new StreamError(
    "invalid_answer",
    `${callName(id)} answered ${status} with an unexpected ${[...new Set(fields)].join(", ")}`,
    { status },
  );
};

/** The error that an answer other than 2xx stands for; its body need not be JSON. */
export const refusal = (
  id: OperationId,
  response: { statusCode: number; headers: IncomingHttpHeaders },
  body: string,
): StreamError => {
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

/** What a failure of the transport means. got's error carries the request with its key and token: only its code is kept. */
export const transportError = (id: OperationId, error: unknown): unknown => {
  if (!(error instanceof RequestError) || error.name === "AbortError") return error;
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

import type { z } from "zod";
import type { App, CallRecord } from "./app.ts";
import { invalidInput } from "./errors.ts";
import type { Platform } from "./rate-limits.ts";

/** One authorised request on its way to its handler. */
export type Call = {
  app: App;
  platform: Platform;
  parameters: Readonly<Record<string, string>>;
  query: URLSearchParams;
  body: unknown;
  record: CallRecord;
  /** How long the call has taken, as Stream writes it: `"1.87ms"`. */
  duration: () => string;
};

/** A handler gives an object, or the parts of a JSON text that may be too large to hold at once. */
export type Answer = { kind: "object"; body: object } | { kind: "parts"; parts: Iterable<string> };

export type Handler = (call: Call) => Answer;

export const answer = (body: object): Answer => ({ kind: "object", body });

/** Parses what the client sent. @throws ApiError 400 with the first problem, worded as Stream words it. */
export const parseInput = <Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): z.output<Schema> => {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalidInput(`${issue?.path.join(".") || "payload"} ${issue?.message ?? "is invalid"}`);
};

/** The JSON that some GET operations have in their query. */
export const payloadIn = (query: URLSearchParams): unknown => {
  try {
    return JSON.parse(query.get("payload") ?? "{}");
  } catch {
    throw invalidInput("payload is not valid JSON");
  }
};

/** A path parameter, decoded and checked. */
export const userIdFrom = (call: Call): string => idFrom(call, "user_id");

export const idFrom = ({ parameters }: Call, name: string): string => {
  const id = decode(parameters[name] ?? "");
  if (id === undefined || !USER_ID.test(id)) {
    throw invalidInput(`${name} may only contain a-z, A-Z, 0-9, @, _, ., - and spaces`);
  }
  return id;
};

export const USER_ID = /^[@\w .-]{1,255}$/;

const decode = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
};

import type { IncomingMessage, ServerResponse } from "node:http";
import type { App, CallRecord } from "./app.ts";
import { serveDownload } from "./download.ts";
import { notFound, unauthorized } from "./errors.ts";
import { readBody, send } from "./http.ts";
import { type Route, route } from "./operations.ts";
import { refusal, respond } from "./respond.ts";

const PREFIX = "/api/v2";

/** Answers one request as Stream would: finds the operation and the app, then lets the app respond. */
export const serve = async (
  apps: ReadonlyMap<string, App>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const startedAt = performance.now();
  const duration = () => `${(performance.now() - startedAt).toFixed(2)}ms`;
  const { path, query } = addressOf(request);
  if (path.startsWith("/exports/")) {
    return serveDownload(apps.values(), { path, query }, request, response);
  }
  const body = await readBody(request);
  const target = targetOf(request, path);
  if (!target) return send(request, response, refusal(notFound("not found"), { duration }), false);
  const app = apps.get(query.get("api_key") ?? "");
  if (!app) {
    // A guess: there is no app to count for, hence no rate-limit headers.
    const reply = refusal(unauthorized(2, "api_key is invalid"), { ...target, duration });
    return send(request, response, reply, false);
  }
  const record = recordOf(app, request, path, target, body);
  if (app.settings.recordCalls) app.calls.push(record);
  await respond({ app, ...target, query, body, record, duration }, request, response);
};

const addressOf = ({ url = "" }: IncomingMessage) => {
  const mark = url.indexOf("?");
  if (mark < 0) return { path: url, query: new URLSearchParams() };
  return { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
};

const targetOf = ({ method = "" }: IncomingMessage, path: string): Route | undefined =>
  path.startsWith(PREFIX) ? route(method, path.slice(PREFIX.length)) : undefined;

const recordOf = (
  app: App,
  { method = "" }: IncomingMessage,
  path: string,
  { operation }: Route,
  input: unknown,
): CallRecord => ({
  operation,
  method,
  path,
  status: 0,
  at: app.now(),
  ...(input !== undefined && !(input instanceof Error) && { input }),
});

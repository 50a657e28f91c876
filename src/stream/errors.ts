/** Why a call to Stream failed; callers switch on these words, never on text. */
export type StreamErrorCode =
  | "key_unknown"
  | "secret_wrong"
  | "clock_skew"
  | "app_suspended"
  | "permission_missing"
  | "wrong_region"
  | "not_found"
  | "invalid_input"
  | "refused"
  | "rate_limited"
  | "timeout"
  | "unavailable"
  | "unreachable"
  | "invalid_answer";

const RETRYABLE: ReadonlySet<StreamErrorCode> = new Set([
  "rate_limited",
  "timeout",
  "unavailable",
  "unreachable",
  "invalid_answer",
]);

const CREDENTIALS: ReadonlySet<StreamErrorCode> = new Set([
  "key_unknown",
  "secret_wrong",
  "clock_skew",
  "app_suspended",
  "permission_missing",
  "wrong_region",
]);

/**
 * A call to Stream that did not succeed. The message names the call by its template
 * (`GET /users/{user_id}/export answered 404`): no id, no query (it holds the API key), no text of Stream's.
 */
export class StreamError extends Error {
  override name = "StreamError";
  readonly code: StreamErrorCode;
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** Stream's own error code, where the answer had one. */
  readonly streamCode: number | undefined;
  /** When Stream takes the call again (ms since the epoch), where it said so. */
  readonly retryAt: number | undefined;
  readonly #unrecoverable: boolean;

  constructor(
    code: StreamErrorCode,
    message: string,
    details: {
      status?: number | undefined;
      streamCode?: number | undefined;
      retryAt?: number | undefined;
      unrecoverable?: boolean | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.streamCode = details.streamCode;
    this.retryAt = details.retryAt;
    this.#unrecoverable = details.unrecoverable ?? false;
  }

  /** Whether the same call may succeed later. Stream's `unrecoverable` flag overrides all else. */
  get retryable(): boolean {
    return RETRYABLE.has(this.code) && !this.#unrecoverable;
  }

  /** Whether Stream refuses this connection as a whole, not this call. */
  get concernsConnection(): boolean {
    return CREDENTIALS.has(this.code);
  }
}

/** Stream's error codes that say more than the HTTP status does. */
const BY_STREAM_CODE: ReadonlyMap<number, StreamErrorCode> = new Map([
  [-1, "unavailable"],
  [2, "key_unknown"],
  [4, "invalid_input"],
  [5, "secret_wrong"],
  [9, "rate_limited"],
  [16, "not_found"],
  [17, "permission_missing"],
  [23, "timeout"],
  [40, "clock_skew"],
  [41, "clock_skew"],
  [42, "clock_skew"],
  [43, "secret_wrong"],
  [69, "wrong_region"],
  [99, "app_suspended"],
]);

/** Classifies an answer by Stream's own code, else (edge proxies answer in HTML or plain text) by HTTP status. */
export const classify = (status: number, streamCode: number | undefined): StreamErrorCode => {
  const known = streamCode === undefined ? undefined : BY_STREAM_CODE.get(streamCode);
  if (known) return known;
  if (status === 429) return "rate_limited";
  if (status === 408) return "timeout";
  if (status >= 500) return "unavailable";
  if (status === 401) return "secret_wrong";
  if (status === 403) return "permission_missing";
  // Only Stream's own code says that something is not there; a proxy's 404 says nothing of the kind.
  if (status === 404) return "unavailable";
  return status === 400 ? "invalid_input" : "refused";
};

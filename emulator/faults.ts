import type { OperationId } from "./operations.ts";
import { openRepeated } from "./repeated.ts";

/** A disturbance of one answer. Unless `afterEffect` is set, the call has had no effect. */
export type Fault = (
  | {
      kind: "rate_limited";
      headers?: "standard" | "doubled" | "none";
      retryAfter?: string | number;
    }
  /** The edge's own 429: plain text, no rate-limit headers. */
  | { kind: "edge_rate_limited"; retryAfter?: string | number }
  /** 502 with an HTML page. */
  | { kind: "bad_gateway" }
  /** 500 with code -1. */
  | { kind: "internal_error" }
  /** 404 with code 16, as where the app has no such thing. */
  | { kind: "not_found" }
  /** 408 with code 23. */
  | { kind: "request_timeout" }
  /** An error that is flagged as not worth a repetition; 500 with code -1 unless told otherwise. */
  | { kind: "unrecoverable"; status?: number; code?: number }
  /** No answer until the client gives up. */
  | { kind: "hang" }
  /** The connection is reset before the answer. */
  | { kind: "reset" }
  /** The connection is cut within the body: after so many bytes, or in the middle. */
  | { kind: "reset_mid_body"; afterBytes?: number }
  /** The body ends too early, but as a correct HTTP message. */
  | { kind: "truncated_body"; afterBytes?: number }
  /** The right answer, with each rate-limit header sent twice (`"6, 6"`). */
  | { kind: "doubled_headers" }
  /** The right status, with a body that is not what Stream promises. */
  | { kind: "invalid_body"; body?: string }
  /** Any answer at all. */
  | { kind: "answer"; status: number; body: string; headers?: Readonly<Record<string, string>> }
) & { afterEffect?: boolean };

/** An operation, or the download of an export file, which is no call to Stream's API. */
export type FaultTarget = OperationId | "DownloadExport";

/** Faults wait in a queue for each operation; `Infinity` times means for good. */
export type Faults = ReturnType<typeof openFaults>;
export const openFaults = () => openRepeated<FaultTarget, Fault>();

/** Whether the fault only spoils the answer that the call would have had. */
export const keepsAnswer = ({ kind }: Fault): boolean =>
  kind === "reset_mid_body" || kind === "truncated_body" || kind === "doubled_headers";

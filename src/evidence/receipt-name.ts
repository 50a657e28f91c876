import { createHash } from "node:crypto";
import { RequestId } from "../identifiers.ts";
import type { ReceiptClaims } from "./claims.ts";

const NAME = /^(\d{12})-([A-Za-z0-9_-]{1,128})\.jws$/;

/** A receipt's file: the sequence comes first, padded, so that a folder lists the chain in order. */
export const receiptName = ({
  sequence,
  requestId,
}: Pick<ReceiptClaims, "sequence" | "requestId">): string =>
  `${paddedSequence(sequence)}-${requestId}.jws`;

export const paddedSequence = (sequence: number): string => String(sequence).padStart(12, "0");

/** @returns what the name of a file says, or undefined when it is not that of a receipt. */
export const parseReceiptName = (
  file: string,
): Pick<ReceiptClaims, "sequence" | "requestId"> | undefined => {
  const [, sequence, id] = NAME.exec(file) ?? [];
  const requestId = RequestId.safeParse(id);
  return sequence && requestId.success
    ? { sequence: Number(sequence), requestId: requestId.data }
    : undefined;
};

/** SHA-256 of a JWS in hex, which the next receipt names as `previous`. */
export const hashOf = (jws: string): string => createHash("sha256").update(jws).digest("hex");

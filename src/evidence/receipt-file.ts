import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import {
  type CompactVerifyResult,
  compactVerify,
  createLocalJWKSet,
  decodeProtectedHeader,
  type JSONWebKeySet,
} from "jose";
import { offendingFields, ReceiptClaims } from "./claims.ts";
import { RECEIPT_TYPE } from "./keys.ts";
import { hashOf, parseReceiptName } from "./receipt-name.ts";

/** One file of a folder of receipts. `claims` are there when a known key signed them, `why` when something is wrong. */
export type Inspected = {
  file: string;
  hash: string;
  claims?: ReceiptClaims;
  kid?: string;
  why?: string;
};

const ALGORITHM = "EdDSA";
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]*$/;

type Judgement = { claims: ReceiptClaims; kid: string } | { why: string };

/**
 * Prepares to look at receipts one by one; where each stands in the chain is not its concern.
 * @returns a function of a file's path. It throws when the file cannot be read, and for nothing else.
 */
export const openInspection = (jwks: JSONWebKeySet) => {
  const judge = openJudge(jwks);
  return async (path: string): Promise<Inspected> => {
    const jws = await readFile(path, "utf8");
    const file = basename(path);
    const judgement = await judge(jws);
    const named = "claims" in judgement ? misnamed(file, judgement.claims) : {};
    return { file, hash: hashOf(jws), ...judgement, ...named };
  };
};

const openJudge = (jwks: JSONWebKeySet) => {
  const kids = new Set(jwks.keys.map(({ kid }) => kid));
  const keyOf = createLocalJWKSet(jwks);
  return async (jws: string): Promise<Judgement> => {
    const header = headerOf(jws);
    if (!header) return { why: "was altered: it is not a compact JWS any more" };
    const { alg, kid, typ } = header;
    if (alg !== ALGORITHM) return { why: `claims the algorithm ${alg}, only ${ALGORITHM} counts` };
    if (kid === undefined || !kids.has(kid)) {
      return { why: `is signed by an unknown key (${kid ?? "it names none"})` };
    }
    if (typ !== RECEIPT_TYPE) return { why: "is signed, but is not a receipt" };
    try {
      return claimsOf(await compactVerify(jws, keyOf, { algorithms: [ALGORITHM] }), kid);
    } catch {
      return { why: "was altered: the signature does not fit the content" };
    }
  };
};

// Base64url has several spellings of the same bytes (RFC 4648, 3.5), so a signature alone does not hold every character.
const headerOf = (jws: string): ReturnType<typeof decodeProtectedHeader> | undefined => {
  const isCanonical = (part: string) =>
    Buffer.from(part, "base64url").toString("base64url") === part;
  if (!COMPACT.test(jws) || !jws.split(".").every(isCanonical)) return undefined;
  try {
    return decodeProtectedHeader(jws);
  } catch {
    return undefined;
  }
};

const claimsOf = ({ payload }: CompactVerifyResult, kid: string): Judgement => {
  const parsed = ReceiptClaims.safeParse(jsonOf(payload));
  return parsed.success
    ? { claims: parsed.data, kid }
    : { why: `is signed, but not what a receipt says: ${offendingFields(parsed.error)}` };
};

const jsonOf = (payload: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(payload).toString());
  } catch {
    return undefined;
  }
};

const misnamed = (file: string, claims: ReceiptClaims): { why?: string } => {
  const name = parseReceiptName(file);
  return name?.sequence === claims.sequence && name.requestId === claims.requestId
    ? {}
    : {
        why: `was swapped or renamed: it holds receipt ${claims.sequence}, of request ${claims.requestId}`,
      };
};

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { readFile } from "node:fs/promises";
import { CompactSign, calculateJwkThumbprint, type JSONWebKeySet } from "jose";
import { z } from "zod";
import { createOnce } from "./durable-file.ts";

/** A public Ed25519 key (RFC 8037); anything else of a JWK, above all `d`, is dropped. */
export const PublicKey = z.object({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: z.string(),
  kid: z.string(),
  alg: z.literal("EdDSA").default("EdDSA"),
  use: z.literal("sig").default("sig"),
});
export type PublicKey = z.infer<typeof PublicKey>;

const KeySet = z.object({ keys: z.array(PublicKey) });

export type SigningKey = {
  publicKey: PublicKey;
  /** @returns the payload as compact JWS (RFC 7515), alg EdDSA (RFC 8037). */
  sign(payload: unknown): Promise<string>;
};

/** Keeps a receipt from being taken for another kind of JWS, and the other way round (RFC 8725, 3.11). */
export const RECEIPT_TYPE = "dsr-receipt+jws";

/**
 * Reads a private Ed25519 key; its `kid` is the RFC 7638 thumbprint.
 * @param text PKCS #8 as PEM, or a JWK.
 * @throws Error when it is neither; the message does not repeat it.
 */
export const parseSigningKey = async (text: string): Promise<SigningKey> => {
  const privateKey = readPrivateKey(text);
  if (privateKey?.asymmetricKeyType !== "ed25519") {
    throw new Error(
      "The key of the receipts is not a private Ed25519 key, as PEM (PKCS #8) or JWK",
    );
  }
  const jwk = createPublicKey(privateKey).export({ format: "jwk" });
  const kid = await calculateJwkThumbprint({ kty: "OKP", crv: "Ed25519", x: String(jwk.x) });
  return {
    publicKey: PublicKey.parse({ ...jwk, kid }),
    sign: (payload) =>
      new CompactSign(Buffer.from(JSON.stringify(payload)))
        .setProtectedHeader({ alg: "EdDSA", kid, typ: RECEIPT_TYPE })
        .sign(privateKey),
  };
};

/**
 * The key in `file` (a JWK, readable by the owner only), generated when there is none.
 * Processes that start at the same time agree on one key.
 */
export const provideSigningKey = async (file: string): Promise<SigningKey> => {
  const found = await readIfThere(file);
  if (found !== undefined) return parseSigningKey(found);
  const { privateKey } = generateKeyPairSync("ed25519");
  await createOnce(file, `${JSON.stringify(privateKey.export({ format: "jwk" }))}\n`);
  return parseSigningKey(await readFile(file, "utf8"));
};

/** Reads a JWKS file. @returns an empty set when there is none. @throws Error when it holds anything but Ed25519 keys. */
export const readKeySet = async (file: string): Promise<{ keys: PublicKey[] }> => {
  const text = await readIfThere(file);
  return text === undefined ? { keys: [] } : KeySet.parse(JSON.parse(text));
};

/** All the keys, each kid once. */
export const keySet = (keys: readonly PublicKey[]): JSONWebKeySet => ({
  keys: [...new Map(keys.map((key) => [key.kid, key])).values()],
});

const readPrivateKey = (text: string): KeyObject | undefined => {
  try {
    return text.trimStart().startsWith("{")
      ? createPrivateKey({ key: JSON.parse(text), format: "jwk" })
      : createPrivateKey(text);
  } catch {
    return undefined;
  }
};

const readIfThere = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
};

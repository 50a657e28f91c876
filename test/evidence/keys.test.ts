import { generateKeyPairSync } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { compactVerify, importJWK } from "jose";
import { expect } from "vitest";
import { parseSigningKey, provideSigningKey } from "../../src/evidence/keys.ts";
import { test } from "./fixture.ts";

// RFC 8037, appendix A.
const RFC_8037 = {
  kty: "OKP",
  crv: "Ed25519",
  d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
  x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
};

test("names a key by its thumbprint and keeps the private part to itself", async () => {
  const { publicKey } = await parseSigningKey(JSON.stringify(RFC_8037));
  expect(publicKey).toEqual({
    kty: "OKP",
    crv: "Ed25519",
    x: RFC_8037.x,
    kid: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
    alg: "EdDSA",
    use: "sig",
  });
});

test("reads the same key from PEM, and signs what its public key verifies", async () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const jwk = await parseSigningKey(JSON.stringify(privateKey.export({ format: "jwk" })));
  const pem = await parseSigningKey(String(privateKey.export({ type: "pkcs8", format: "pem" })));
  expect(pem.publicKey).toEqual(jwk.publicKey);
  const verified = await compactVerify(await pem.sign({ a: 1 }), await importJWK(jwk.publicKey));
  expect(verified.protectedHeader).toMatchObject({ alg: "EdDSA", kid: pem.publicKey.kid });
  expect(Buffer.from(verified.payload).toString()).toBe('{"a":1}');
});

test("refuses what is not a private Ed25519 key, without repeating it", async () => {
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { d: _, ...publicOnly } = RFC_8037;
  const refused = [
    "s3cret",
    "{s3cret",
    JSON.stringify(publicOnly),
    String(ec.privateKey.export({ type: "pkcs8", format: "pem" })),
  ];
  for (const text of refused) {
    await expect(parseSigningKey(text)).rejects.toThrow(
      /^The key of the receipts is not a private Ed25519 key, as PEM \(PKCS #8\) or JWK$/,
    );
  }
});

test("generates a key on first use, for the owner only, one for all who start at once", async ({
  temporaryDirectory,
}) => {
  const folder = join(temporaryDirectory, "keys");
  const file = join(folder, "receipts.jwk");
  const keys = await Promise.all(Array.from({ length: 20 }, () => provideSigningKey(file)));
  expect(new Set(keys.map(({ publicKey }) => publicKey.kid)).size).toBe(1);
  expect((await provideSigningKey(file)).publicKey).toEqual(keys[0]?.publicKey);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(["receipts.jwk"]);
});

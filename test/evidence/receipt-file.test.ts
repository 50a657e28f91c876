import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { hashOf } from "../../src/evidence/receipt-name.ts";
import { verifyReceipts } from "../../src/evidence/verify.ts";
import { newKey, payloadOf } from "./fixture.ts";
import { edit, FIRST, LAST, replaceAt, resign, SECOND, THIRD, test } from "./tampering.ts";

const brokenIn = async (folder: string) => (await verifyReceipts(folder)).broken;

describe("a receipt in a folder", () => {
  test.for(["header", "payload", "signature"])(
    "shows a changed byte in the %s",
    async (part, { folder }) => {
      const path = join(folder, THIRD);
      const [header = "", payload = ""] = (await readFile(path, "utf8")).split(".");
      const offset = {
        header: 0,
        payload: header.length + 1,
        signature: header.length + payload.length + 2,
      };
      await edit(path, (jws) => replaceAt(jws, (offset[part as keyof typeof offset] ?? 0) + 10));
      expect(await brokenIn(folder)).toEqual([
        { file: THIRD, why: expect.stringMatching(/^was altered: |^claims the algorithm/) },
      ]);
    },
  );

  test("shows a byte that decodes to the same signature, and one that is added", async ({
    folder,
  }) => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    await edit(join(folder, LAST), (jws) => {
      const next = alphabet[alphabet.indexOf(jws.at(-1) ?? "") + 1];
      return jws.slice(0, -1) + next;
    });
    await edit(join(folder, SECOND), (jws) => `${jws}\n`);
    const why = "was altered: it is not a compact JWS any more";
    expect(await brokenIn(folder)).toEqual([
      { file: SECOND, why },
      { file: LAST, why },
    ]);
  });

  test.for(["none", "HS256"])("does not take the algorithm %s", async (alg, { folder, key }) => {
    const header = { alg, kid: key.publicKey.kid, typ: "dsr-receipt+jws" };
    const encoded = Buffer.from(JSON.stringify(header)).toString("base64url");
    await edit(join(folder, LAST), (jws) => `${encoded}.${jws.split(".")[1]}.`);
    expect(await brokenIn(folder)).toEqual([
      { file: LAST, why: `claims the algorithm ${alg}, only EdDSA counts` },
    ]);
  });

  test("shows a receipt that a key of somebody else signed", async ({ folder }) => {
    const stranger = await newKey();
    await resign(join(folder, THIRD), stranger, {});
    expect(await brokenIn(folder)).toEqual([
      { file: THIRD, why: `is signed by an unknown key (${stranger.publicKey.kid})` },
    ]);
  });

  test("shows what is signed and no receipt", async ({ folder, key }) => {
    await resign(join(folder, LAST), key, { email: "ann@example.com" });
    expect(await brokenIn(folder)).toEqual([
      { file: LAST, why: "is signed, but not what a receipt says: unknown field" },
    ]);
  });

  test("shows a file that never was a receipt", async ({ folder }) => {
    await writeFile(join(folder, "notes.jws"), "hello");
    expect(await brokenIn(folder)).toEqual([
      { file: "notes.jws", why: "was altered: it is not a compact JWS any more" },
    ]);
  });
});

describe("one receipt", () => {
  test("is verified with the keys beside it, or with those given", async ({ folder, key }) => {
    const path = join(folder, THIRD);
    const sound = { checked: 1, broken: [], chain: false, range: { first: 3, last: 3 } };
    expect(await verifyReceipts(path)).toMatchObject(sound);
    const elsewhere = join(folder, "..", THIRD);
    await copyFile(path, elsewhere);
    await expect(verifyReceipts(elsewhere)).rejects.toThrow("There is no jwks.json");
    expect(await verifyReceipts(elsewhere, { keys: [key.publicKey] })).toMatchObject(sound);
  });

  test("is the file that anyone can hash", async ({ folder }) => {
    const { previous } = await payloadOf(join(folder, SECOND));
    expect(previous).toBe(hashOf(await readFile(join(folder, FIRST), "utf8")));
  });
});

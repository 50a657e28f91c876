import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { verify } from "../../src/commands/verify.ts";
import type { SigningKey } from "../../src/evidence/keys.ts";
import { hashOf } from "../../src/evidence/receipt-name.ts";
import { verifyReceipts } from "../../src/evidence/verify.ts";
import { test as base, manyFacts, newKey, payloadOf } from "./fixture.ts";

const [FIRST, SECOND, THIRD, LAST] = [1, 2, 3, 5].map((n) => `00000000000${n}-r-${n}.jws`) as [
  string,
  string,
  string,
  string,
];

const test = base
  .extend("key", () => newKey())
  .extend("folder", async ({ worker, key, receipts }) => {
    await (await worker(key)).issue(manyFacts(5));
    return receipts;
  });

const edit = async (path: string, change: (jws: string) => string): Promise<void> =>
  writeFile(path, change(await readFile(path, "utf8")));

const resign = async (path: string, key: SigningKey, change: object): Promise<void> =>
  writeFile(path, await key.sign({ ...(await payloadOf(path)), ...change }));

const replaceAt = (text: string, index: number): string =>
  text.slice(0, index) + (text[index] === "A" ? "B" : "A") + text.slice(index + 1);

const brokenIn = async (folder: string) => (await verifyReceipts(folder)).broken;

describe("a folder of receipts", () => {
  test("is sound when nobody touched it", async ({ folder }) => {
    expect(await brokenIn(folder)).toEqual([]);
  });

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

  test("shows what was deleted in the middle", async ({ folder }) => {
    await rm(join(folder, SECOND));
    expect(await brokenIn(folder)).toEqual([
      { file: "000000000002", why: "was deleted: the receipts go from 1 to 3" },
    ]);
    await rm(join(folder, THIRD));
    expect(await brokenIn(folder)).toEqual([
      { file: "000000000002 to 000000000003", why: "was deleted: the receipts go from 1 to 4" },
    ]);
  });

  test("names both of two files that were swapped, and no other", async ({ folder }) => {
    await rename(join(folder, SECOND), join(folder, "x"));
    await rename(join(folder, THIRD), join(folder, SECOND));
    await rename(join(folder, "x"), join(folder, THIRD));
    expect(await brokenIn(folder)).toEqual([
      { file: SECOND, why: "was swapped or renamed: it holds receipt 3, of request r-3" },
      { file: THIRD, why: "was swapped or renamed: it holds receipt 2, of request r-2" },
    ]);
  });

  test("shows a copy of a receipt in another's place", async ({ folder }) => {
    await copyFile(join(folder, FIRST), join(folder, THIRD));
    expect(await brokenIn(folder)).toEqual([
      { file: THIRD, why: "was swapped or renamed: it holds receipt 1, of request r-1" },
    ]);
  });

  test("shows a receipt that a key of somebody else signed", async ({ folder }) => {
    const stranger = await newKey();
    await resign(join(folder, THIRD), stranger, {});
    expect(await brokenIn(folder)).toEqual([
      { file: THIRD, why: `is signed by an unknown key (${stranger.publicKey.kid})` },
    ]);
  });

  test("shows a receipt that was signed again by a known key", async ({ folder, key }) => {
    await resign(join(folder, THIRD), key, { outcome: "no_match" });
    expect(await brokenIn(folder)).toEqual([
      { file: THIRD, why: "was replaced: receipt 000000000004-r-4.jws follows another one" },
    ]);
  });

  test("shows a second receipt with the same sequence", async ({ folder, key }) => {
    const rival = join(folder, "000000000003-r-9.jws");
    await copyFile(join(folder, THIRD), rival);
    await resign(rival, key, { requestId: "r-9" });
    expect((await brokenIn(folder)).map(({ file }) => file)).toEqual(["000000000003-r-9.jws"]);
  });

  test.for(["none", "HS256"])("does not take the algorithm %s", async (alg, { folder, key }) => {
    const header = { alg, kid: key.publicKey.kid, typ: "dsr-receipt+jws" };
    const encoded = Buffer.from(JSON.stringify(header)).toString("base64url");
    await edit(join(folder, LAST), (jws) => `${encoded}.${jws.split(".")[1]}.`);
    expect(await brokenIn(folder)).toEqual([
      { file: LAST, why: `claims the algorithm ${alg}, only EdDSA counts` },
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

  test("can be verified from where its archive ends", async ({ folder }) => {
    await rm(join(folder, FIRST));
    await rm(join(folder, SECOND));
    expect(await verifyReceipts(folder)).toMatchObject({
      checked: 3,
      broken: [],
      range: { first: 3, last: 5 },
    });
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

describe("the command", () => {
  const run = async (path: string) => {
    const lines: string[] = [];
    return { ok: await verify(path, (line) => lines.push(line)), lines };
  };

  test("says what was verified, and since when", async ({ folder, key }) => {
    const { kid } = key.publicKey;
    expect(await run(folder)).toEqual({
      ok: true,
      lines: [`ok      5 receipts checked, all sound; sequence 1 to 5; signed by ${kid}`],
    });
    await rm(join(folder, FIRST));
    expect((await run(folder)).lines.at(-1)).toContain(
      "sequence 2 to 5; those before 2 are not here",
    );
    expect((await run(join(folder, THIRD))).lines.at(-1)).toContain(
      "its place in the chain shows only in a folder",
    );
  });

  test("names each broken one on a line", async ({ folder }) => {
    await rm(join(folder, SECOND));
    await edit(join(folder, LAST), (jws) => jws.slice(0, -2));
    const { ok, lines } = await run(folder);
    expect(ok).toBe(false);
    expect(lines).toEqual([
      "broken  000000000002: was deleted: the receipts go from 1 to 3",
      expect.stringContaining(`broken  ${LAST}: was altered`),
      expect.stringContaining("failed  4 receipts checked, 2 broken"),
    ]);
  });

  test("does not call an empty folder sound", async ({ temporaryDirectory }) => {
    const empty = join(temporaryDirectory, "empty");
    await mkdir(empty);
    expect(await run(empty)).toEqual({
      ok: false,
      lines: [`failed  there are no receipts in ${empty}`],
    });
  });
});

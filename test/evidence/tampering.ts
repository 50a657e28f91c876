import { readFile, writeFile } from "node:fs/promises";
import type { SigningKey } from "../../src/evidence/keys.ts";
import { test as base, manyFacts, newKey, payloadOf } from "./fixture.ts";

export const [FIRST, SECOND, THIRD, LAST] = [1, 2, 3, 5].map(
  (n) => `00000000000${n}-r-${n}.jws`,
) as [string, string, string, string];

/** `folder`: five receipts that `key` signed. */
export const test = base
  .extend("key", () => newKey())
  .extend("folder", async ({ worker, key, receipts }) => {
    await (await worker(key)).issue(manyFacts(5));
    return receipts;
  });

export const edit = async (path: string, change: (jws: string) => string): Promise<void> =>
  writeFile(path, change(await readFile(path, "utf8")));

/** What whoever holds a key can do: sign the receipt in a file again. */
export const resign = async (path: string, key: SigningKey, change: object): Promise<void> =>
  writeFile(path, await key.sign({ ...(await payloadOf(path)), ...change }));

export const replaceAt = (text: string, index: number): string =>
  text.slice(0, index) + (text[index] === "A" ? "B" : "A") + text.slice(index + 1);

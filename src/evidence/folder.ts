import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Head } from "./chain.ts";
import { replaceFile, syncDirectory } from "./durable-file.ts";
import { keySet, type PublicKey, readKeySet } from "./keys.ts";
import { openInspection } from "./receipt-file.ts";
import { parseReceiptName } from "./receipt-name.ts";

export const KEY_SET_FILE = "jwks.json";

/** The folder of receipts: one file each, and the public keys to verify them with. */
export const openReceiptFolder = (path: string) => ({
  pathOf: (file: string): string => join(path, file),
  /** The keys that the folder can be verified with. */
  keys: async (): Promise<PublicKey[]> => (await readKeySet(join(path, KEY_SET_FILE))).keys,
  /** Writes receipts for good. @throws Error of the file system. */
  async write(receipts: ReadonlyMap<string, string>): Promise<void> {
    await Promise.all([...receipts].map(([file, jws]) => replaceFile(join(path, file), jws)));
    await syncDirectory(path);
  },
  /**
   * Adds keys to those in the folder. It looks again after each writing, because another process that
   * wrote at the same time knew fewer.
   */
  async publish(keysNow: () => Promise<PublicKey[]>): Promise<void> {
    const file = join(path, KEY_SET_FILE);
    for (;;) {
      const [present, wanted] = [(await readKeySet(file)).keys, await keysNow()];
      const kids = new Set(present.map(({ kid }) => kid));
      if (wanted.every(({ kid }) => kids.has(kid))) return;
      await replaceFile(file, `${JSON.stringify(keySet([...present, ...wanted]), null, 2)}\n`);
    }
  },
  /** The last sound receipt, if the files go on after the given end of the chain. */
  async laterHead(than: Head | undefined): Promise<Head | undefined> {
    const inspect = openInspection(await readKeySet(join(path, KEY_SET_FILE)));
    for (const file of (await receiptFiles(path)).reverse()) {
      if ((parseReceiptName(file)?.sequence ?? 0) <= (than?.sequence ?? 0)) return undefined;
      const { claims, hash, why } = await inspect(join(path, file));
      if (claims && !why) return { sequence: claims.sequence, hash };
    }
    return undefined;
  },
});
export type ReceiptFolder = ReturnType<typeof openReceiptFolder>;

/** The names of the receipts in a folder, in the order of the chain; none when there is no folder. */
export const receiptFiles = async (path: string): Promise<string[]> => {
  try {
    return (await readdir(path)).filter((file) => file.endsWith(".jws")).sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
};

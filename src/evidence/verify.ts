import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { JSONWebKeySet } from "jose";
import { KEY_SET_FILE, receiptFiles } from "./folder.ts";
import { readKeySet } from "./keys.ts";
import { type Broken, brokenLinks } from "./links.ts";
import { type Inspected, openInspection } from "./receipt-file.ts";

export type Verification = {
  /** How many files were looked at. */
  checked: number;
  broken: Broken[];
  /** From which to which receipt the sound ones go; null when none is sound. Compare the last with what Redis or a backup says. */
  range: { first: number; last: number } | null;
  /** The key ids that signed, to be compared with those you trust. */
  kids: string[];
  /** Whether the receipts were compared with each other: true for a folder, false for one file. */
  chain: boolean;
};

/**
 * Verifies receipts without Redis: signature (EdDSA by a known key), claims, sequence, and each link to the previous one.
 * A folder may begin at any sequence, because old receipts may be archived; that the newest are missing does not show.
 * @param path a receipt, or a folder of receipts.
 * @param jwks keys to trust instead of those in `jwks.json` beside the receipts, which whoever can rewrite those can rewrite too.
 * @throws Error when the path cannot be read or no keys are known.
 */
export const verifyReceipts = async (path: string, jwks?: JSONWebKeySet): Promise<Verification> => {
  const chain = (await stat(path)).isDirectory();
  const folder = chain ? path : dirname(path);
  const files = chain ? await receiptFiles(path) : [basename(path)];
  const keys = jwks ?? (await readKeySet(join(folder, KEY_SET_FILE)));
  if (keys.keys.length === 0 && files.length > 0) {
    throw new Error(`There is no ${KEY_SET_FILE} with public keys in ${folder}`);
  }
  const inspect = openInspection(keys);
  const receipts: Inspected[] = [];
  for (const file of files) receipts.push(await inspect(join(folder, file)));
  return summary(receipts, chain);
};

const summary = (receipts: readonly Inspected[], chain: boolean): Verification => {
  const alone = receipts.flatMap(({ file, why }) => (why ? [{ file, why }] : []));
  const broken = [...alone, ...(chain ? brokenLinks(receipts) : [])];
  const sequences = receipts.flatMap(({ claims, why }) => (claims && !why ? claims.sequence : []));
  const [first, last] = [sequences.at(0), sequences.at(-1)];
  return {
    checked: receipts.length,
    broken: broken.sort((a, b) => a.file.localeCompare(b.file)),
    range: first && last ? { first, last } : null,
    kids: [...new Set(receipts.flatMap(({ kid }) => kid ?? []))],
    chain,
  };
};

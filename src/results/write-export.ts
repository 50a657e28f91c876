import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { inBlocks } from "./blocks.ts";
import { openTokenizer, type Token } from "./json-tokens.ts";

export type WrittenExport = { bytes: number; sha256: string; counts: Record<string, number> };

/**
 * Writes a JSON object to a file byte for byte, and counts the objects in each of its top-level arrays.
 * Memory does not grow with the size.
 * @throws Error when the body is not one whole JSON object: a cut-off answer must not pass for an export.
 */
export const writeExport = async (
  path: string,
  body: AsyncIterable<Buffer>,
): Promise<WrittenExport> => {
  const hash = createHash("sha256");
  const counter = countArrays();
  let bytes = 0;
  await using file = await open(path, "wx", 0o600);
  for await (const block of inBlocks(body)) {
    hash.update(block);
    bytes += block.length;
    counter.add(block);
    await file.writeFile(block);
  }
  const counts = counter.end();
  await file.sync();
  return { bytes, sha256: hash.digest("hex"), counts };
};

/** Counts what a user's export has in each of its arrays, and keeps none of it. @throws Error as above. */
export const countExport = async (
  body: AsyncIterable<Buffer>,
): Promise<WrittenExport["counts"]> => {
  const counter = countArrays();
  for await (const block of inBlocks(body)) counter.add(block);
  return counter.end();
};

const countArrays = () => {
  const tokenizer = openTokenizer({ packValues: false, streamValues: false, packKeys: true });
  const counts: Record<string, number> = {};
  let depth = 0;
  let objects = 0;
  let key = "";
  const count = (token: Token): void => {
    const { name } = token;
    if (name === "keyValue" && depth === 1) key = token.value;
    if (name === "startArray" && depth === 1) counts[key] = 0;
    if (name === "startObject" && depth === 0) objects++;
    if (name === "startObject" && depth === 2) counts[key] = (counts[key] ?? 0) + 1;
    if (name === "startObject" || name === "startArray") depth++;
    if (name === "endObject" || name === "endArray") depth--;
  };
  const countAll = (tokens: () => readonly Token[]): void => {
    try {
      for (const token of tokens()) count(token);
    } catch {
      throw notWhole();
    }
  };
  return {
    add: (chunk: Buffer) => countAll(() => tokenizer.read(chunk)),
    end() {
      countAll(() => tokenizer.end());
      if (objects === 0) throw notWhole();
      return counts;
    },
  };
};

const notWhole = (): Error => new Error("Stream's export is not one whole JSON object");

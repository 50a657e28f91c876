import { createHash } from "node:crypto";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { parser } from "stream-json";

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
  for await (const chunk of body) {
    hash.update(chunk);
    bytes += chunk.length;
    await Promise.all([file.write(chunk), counter.write(chunk)]);
  }
  const counts = await counter.end();
  await file.sync();
  return { bytes, sha256: hash.digest("hex"), counts };
};

/** Counts what a user's export has in each of its arrays, and keeps none of it. @throws Error as above. */
export const countExport = async (
  body: AsyncIterable<Buffer>,
): Promise<WrittenExport["counts"]> => {
  const counter = countArrays();
  for await (const chunk of body) await counter.write(chunk);
  return counter.end();
};

const countArrays = () => {
  const tokens = parser.asStream({
    packValues: false,
    streamValues: false,
    packKeys: true,
    // The file of an export task has one object a line.
    jsonStreaming: true,
  });
  const counts: Record<string, number> = {};
  let depth = 0;
  let objects = 0;
  let key = "";
  tokens.on("data", (token: parser.Token) => {
    const { name } = token;
    if (name === "keyValue" && depth === 1) key = token.value;
    if (name === "startArray" && depth === 1) counts[key] = 0;
    if (name === "startObject" && depth === 0) objects++;
    if (name === "startObject" && depth === 2) counts[key] = (counts[key] ?? 0) + 1;
    if (name === "startObject" || name === "startArray") depth++;
    if (name === "endObject" || name === "endArray") depth--;
  });
  const end = finished(tokens).then(
    () => {
      if (objects === 0) throw notWhole();
    },
    () => {
      throw notWhole();
    },
  );
  end.catch(() => {});
  return {
    async write(chunk: Buffer): Promise<void> {
      if (!tokens.write(chunk)) await Promise.race([once(tokens, "drain").catch(() => end), end]);
    },
    async end() {
      tokens.end();
      await end;
      return counts;
    },
  };
};

const notWhole = (): Error => new Error("Stream's export is not one whole JSON object");

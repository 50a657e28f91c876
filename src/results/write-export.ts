import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { openJsonScanner } from "./json-scanner.ts";

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
  const scanner = openJsonScanner();
  let bytes = 0;
  await using file = await open(path, "wx", 0o600);
  for await (const chunk of body) {
    hash.update(chunk);
    bytes += chunk.length;
    scanner.write(chunk);
    await file.writeFile(chunk);
  }
  const counts = scanner.end();
  await file.sync();
  return { bytes, sha256: hash.digest("hex"), counts };
};

import { open } from "node:fs/promises";
import { type JsonEntry, openJsonScanner } from "../json-scanner.ts";

/** A part of an export: one item of a top-level array, or a top-level field (a whole array only when empty). */
export type Entry = { kind: "item" | "field"; name: string; value: unknown };

const AT_ONCE = 65_536;

/** Reads an export of either form, one object or one a line, with no more than a few entries in memory. */
export async function* readEntries(path: string): AsyncGenerator<Entry> {
  await using file = await open(path);
  const found: JsonEntry[] = [];
  const scanner = openJsonScanner((entry) => found.push(entry));
  const buffer = Buffer.alloc(AT_ONCE);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, AT_ONCE);
    if (bytesRead === 0) return;
    scanner.write(buffer.subarray(0, bytesRead));
    for (const { json, ...entry } of found.splice(0)) {
      yield { ...entry, value: parse(json) };
    }
  }
}

// Walking is recursive where reading is not: data that is nested thousands deep is taken as it is.
const parse = (json: string): unknown => {
  try {
    return JSON.parse(json, lossless);
  } catch (error) {
    if (error instanceof RangeError) return JSON.parse(json);
    throw error;
  }
};

// A number of more digits than JavaScript keeps stays text.
const lossless = (_: string, value: unknown, { source }: { source?: string } = {}): unknown =>
  typeof value === "number" && String(value) !== source ? source : value;

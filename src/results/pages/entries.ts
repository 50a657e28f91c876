import asyncBlockReader from "stream-chain/utils/asyncBlockReader.js";
import { Assembler } from "stream-json/assembler.js";
import { openTokenizer, type Token } from "../json-tokens.ts";

/** A part of an export: one item of a top-level array, a top-level field (a whole array only when empty), or the end of an object. */
export type Entry = { kind: "item" | "field"; name: string; value: unknown } | { kind: "end" };

/** Reads an export of either form, one object or one a line, with no more than one entry in memory. */
export async function* readEntries(path: string): AsyncGenerator<Entry> {
  const assembler = new Assembler<Record<string, unknown>>();
  for await (const tokens of tokensOf(path)) {
    for (const token of tokens) {
      assembler.consume(lossless(token));
      const { depth, current } = assembler;
      if (depth === 2 && Array.isArray(current) && current.length > 0) {
        yield { kind: "item", name: String(assembler.path[0]), value: current.pop() };
      }
      if (depth === 1) yield* takeFields(current ?? {});
      if (depth === 0) yield* endOf(current ?? {});
    }
  }
}

/** The tokens of a file, block after block through one buffer. */
async function* tokensOf(path: string): AsyncGenerator<readonly Token[]> {
  const tokenizer = openTokenizer({ packValues: true, streamValues: false });
  for await (const text of asyncBlockReader()(path)) yield tokenizer.read(text);
  yield tokenizer.end();
}

// A number of more digits than JavaScript keeps stays text.
const lossless = (token: Token): Token =>
  token.name === "numberValue" && String(Number(token.value)) !== token.value
    ? { name: "stringValue", value: token.value }
    : token;

// The last field comes with the end.
function* endOf(object: Record<string, unknown>): Generator<Entry> {
  yield* takeFields(object);
  yield { kind: "end" };
}

function* takeFields(object: Record<string, unknown>): Generator<Entry> {
  for (const name of Object.keys(object)) {
    yield { kind: "field", name, value: object[name] };
    delete object[name];
  }
}

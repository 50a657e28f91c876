import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  ESCAPES,
  fail,
  HEX,
  isSpace,
  LETTER_U,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  SPACE,
  type State,
  scalarsBefore,
} from "./json-bytes.ts";

/** Reads JSON text as it arrives. `write` and `end` throw when it is not one or more whole objects. */
export type JsonScanner = {
  write(chunk: Uint8Array): void;
  /** @returns how many objects each of the top-level arrays holds, by the array's name. */
  end(): Record<string, number>;
};

const DEEPEST = 10_000;
const LONGEST_NAME = 1000;

/** A part of an export as JSON: an item of a top-level array, or a top-level field (an array only when empty). */
export type JsonEntry = { kind: "item" | "field"; name: string; json: string };

/**
 * Checks JSON (RFC 8259) byte by byte and keeps nothing of it but counts: a parser's tokens would cost memory and time.
 * @param onEntry gets each entry as soon as it is whole; without it, not even one is held in memory.
 */
export const openJsonScanner = (onEntry?: (entry: JsonEntry) => void): JsonScanner => {
  const counts: Record<string, number> = {};
  const open: number[] = [];
  let objects = 0;
  let name: number[] = [];
  let isName = false;
  let chunk: Uint8Array = new Uint8Array();
  let at = 0;
  let entry: { depth: number; from: number; parts: Uint8Array[] } | undefined;

  const start = (byte: number): void => {
    const isField = open.length === 1 && byte !== OPEN_ARRAY;
    if (!onEntry || !(isField || (open.length === 2 && open[1] === OPEN_ARRAY))) return;
    entry = { depth: open.length, from: at, parts: [] };
  };
  const finish = (to: number): void => {
    if (entry?.depth !== open.length) return;
    const json = Buffer.concat([...entry.parts, chunk.subarray(entry.from, to)]).toString();
    const kind = entry.depth === 1 ? "field" : "item";
    entry = undefined;
    onEntry?.({ kind, name: textOf(name), json });
  };
  const begin = (byte: number, next: State): State => {
    if (open.length === 0 && byte !== OPEN_OBJECT) fail();
    if (open.length === 0) objects++;
    if (open.length === 1 && byte === OPEN_ARRAY) counts[textOf(name)] = 0;
    if (open.length === 2 && open[1] === OPEN_ARRAY && byte === OPEN_OBJECT) {
      counts[textOf(name)] = (counts[textOf(name)] ?? 0) + 1;
    }
    open.push(byte);
    return open.length > DEEPEST ? fail() : next;
  };
  const value: State = (byte) => {
    if (isSpace(byte)) return value;
    start(byte);
    if (byte === OPEN_OBJECT) return begin(byte, firstName);
    if (byte === OPEN_ARRAY) return begin(byte, firstItem);
    if (open.length === 0) return fail();
    return byte === QUOTE ? string : scalar(byte);
  };
  const firstItem: State = (byte) =>
    isSpace(byte) ? firstItem : byte === CLOSE_ARRAY ? endOfEmptyArray(byte) : value(byte);
  const endOfEmptyArray: State = (byte) => {
    if (open.length === 2) onEntry?.({ kind: "field", name: textOf(name), json: "[]" });
    return after(byte);
  };
  const firstName: State = (byte) =>
    isSpace(byte) ? firstName : byte === CLOSE_OBJECT ? after(byte) : nextName(byte);
  const nextName: State = (byte) => {
    if (isSpace(byte)) return nextName;
    if (byte !== QUOTE) return fail();
    isName = true;
    if (open.length === 1) name = [];
    return string;
  };
  const colon: State = (byte) => (isSpace(byte) ? colon : byte === COLON ? value : fail());
  const after: State = (byte) => {
    if (isSpace(byte)) return after;
    const container = open.at(-1);
    // The file of an export task has one object a line.
    if (container === undefined) return value(byte);
    if (byte === COMMA) return container === OPEN_OBJECT ? nextName : value;
    // In ASCII a closing bracket comes two after its opening one.
    if (byte !== container + 2) return fail();
    open.pop();
    finish(at + 1);
    return after;
  };
  const note = (byte: number): void => {
    if (!isName || open.length !== 1) return;
    name.push(byte);
    if (name.length > LONGEST_NAME) fail();
  };
  const string: State = (byte) => {
    if (byte === QUOTE) {
      if (isName) {
        isName = false;
        return colon;
      }
      finish(at + 1);
      return after;
    }
    if (byte < SPACE) return fail();
    note(byte);
    return byte === BACKSLASH ? escaped : string;
  };
  const escaped: State = (byte) => {
    note(byte);
    return byte === LETTER_U ? hex(4) : ESCAPES.has(byte) ? string : fail();
  };
  const hex =
    (left: number): State =>
    (byte) => {
      if (!HEX.has(byte)) return fail();
      note(byte);
      return left === 1 ? string : hex(left - 1);
    };
  const scalar = scalarsBefore((byte) => {
    finish(at);
    return after(byte);
  });

  let state = value;
  return {
    write(next) {
      chunk = next;
      for (at = 0; at < chunk.length; at++) {
        if (state === string && !(isName && open.length === 1)) at = endOfPlainText(chunk, at);
        if (at < chunk.length) state = state(chunk[at] ?? 0);
      }
      if (!entry) return;
      entry.parts.push(new Uint8Array(chunk.subarray(entry.from)));
      entry.from = 0;
    },
    end() {
      if (objects === 0 || open.length > 0) fail();
      return counts;
    },
  };
};

// Most of an export is text; this is the loop that decides how fast it is read.
const endOfPlainText = (chunk: Uint8Array, from: number): number => {
  let at = from;
  for (; at < chunk.length; at++) {
    const byte = chunk[at] ?? 0;
    if (byte === QUOTE || byte === BACKSLASH || byte < SPACE) break;
  }
  return at;
};

const textOf = (name: readonly number[]): string => JSON.parse(`"${Buffer.from(name)}"`);

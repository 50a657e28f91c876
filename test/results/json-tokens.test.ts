import fc from "fast-check";
import { Assembler } from "stream-json/assembler.js";
import { expect, test } from "vitest";
import { openTokenizer } from "../../src/results/json-tokens.ts";

const valuesOf = (pieces: readonly Buffer[]): unknown[] => {
  const tokenizer = openTokenizer({ packValues: true, streamValues: false });
  const assembler = new Assembler();
  const values: unknown[] = [];
  for (const token of [...pieces.flatMap((piece) => tokenizer.read(piece)), ...tokenizer.end()]) {
    assembler.consume(token);
    if (assembler.done) values.push(assembler.current);
  }
  return values;
};

/** Bytes cut at the places given, as fractions of the whole. */
const cut = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const at = [0, ...places.map((place) => Math.floor(place * bytes.length)), bytes.length];
  at.sort((one, other) => one - other);
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
};

const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });
const lines = fc.array(
  fc
    .dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ stringUnit: "binary" }))
    .map((line) => JSON.parse(JSON.stringify(line)) as object),
  { minLength: 1, maxLength: 4 },
);

test("tokens are the same wherever the text is cut, within a character too", () => {
  fc.assert(
    fc.property(lines, places, (objects, cuts) => {
      const text = Buffer.from(objects.map((line) => JSON.stringify(line)).join("\n"));
      expect(valuesOf(cut(text, cuts))).toEqual(valuesOf([text]));
      expect(JSON.stringify(valuesOf([text]))).toBe(JSON.stringify(objects));
    }),
  );
});

test("a text that ends early is told from a whole one, wherever it ends", () => {
  fc.assert(
    fc.property(lines, fc.double({ min: 0, max: 1, noNaN: true }), ([object], place) => {
      const text = Buffer.from(JSON.stringify(object));
      const end = Math.max(1, Math.floor(place * (text.length - 1)));
      expect(() => valuesOf([text.subarray(0, end)])).toThrow();
    }),
  );
});

test("a byte-order mark is no part of the text", () => {
  expect(valuesOf([Buffer.from('\uFEFF{"a":1}')])).toEqual([{ a: 1 }]);
});

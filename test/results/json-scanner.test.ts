import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openJsonScanner } from "../../src/results/json-scanner.ts";

/** What the scanner says of a text that arrives in pieces of the given size. */
const scan = (text: string, size = 5): Record<string, number> | "refused" => {
  const bytes = Buffer.from(text);
  const scanner = openJsonScanner();
  try {
    for (let at = 0; at < bytes.length; at += size) scanner.write(bytes.subarray(at, at + size));
    return scanner.end();
  } catch {
    return "refused";
  }
};
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const expected = (text: string): Record<string, number> | "refused" => {
  const value = parsed(text);
  if (!isObject(value)) return "refused";
  const arrays = Object.entries(value).filter(([, each]) => Array.isArray(each));
  return Object.fromEntries(arrays.map(([name, each]) => [name, each.filter(isObject).length]));
};

// A name given twice counts for both; JSON.parse keeps the last one only.
const anExport = fc.dictionary(
  fc.string({ unit: "binary", maxLength: 20 }).filter((name) => name !== "__proto__"),
  fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue({ maxDepth: 3 }))),
);
const aSize = fc.integer({ min: 1, max: 30 });
const spacing = fc.constantFrom("", " ", "\n", "\t");

describe("the scanner agrees with JSON.parse", () => {
  test("about every object", () => {
    fc.assert(
      fc.property(anExport, aSize, spacing, (object, size, space) => {
        const text = JSON.stringify(object, null, space);
        expect(scan(text, size)).toEqual(expected(text));
      }),
      { numRuns: 300 },
    );
  });

  test("about objects that were cut off, or changed in one place", () => {
    const sign = fc.oneof(
      fc.constantFrom(...'{}[]",:\\0-+.eEu1tfn \n'),
      fc.string({ maxLength: 1 }),
    );
    const changed = fc
      .tuple(anExport, fc.nat(), fc.nat({ max: 1 }), sign)
      .map(([object, place, removed, put]) => {
        const text = JSON.stringify(object);
        const at = place % text.length;
        return text.slice(0, at) + put + text.slice(at + removed);
      });
    const cut = anExport
      .map((object) => JSON.stringify(object))
      .chain((text) => fc.nat({ max: text.length }).map((length) => text.slice(0, length)));
    fc.assert(
      fc.property(fc.oneof(changed, cut), aSize, (text, size) => {
        // Objects one after another are a file of an export task, and no JSON of one value.
        fc.pre(parsed(text) !== undefined || !/\}\s*\{/.test(text));
        expect(scan(text, size) === "refused").toBe(expected(text) === "refused");
      }),
      { numRuns: 1500 },
    );
  });

  test.each([
    '{"a":01}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":-}',
    '{"a":1e}',
    '{"a":+1}',
    '{"a":tru}',
    '{"a":nul l}',
    '{"a":"\\x"}',
    '{"a":"\\u12g4"}',
    '{"a":"\u0001"}',
    '{"a":1,}',
    '{"a":[1,]}',
    '{"a" 1}',
    "{a:1}",
    "[{}]",
    "{}}",
    "{]",
    '{"a":[}',
    '"{}"',
    "\ufeff{}",
  ])("that %j is none", (text) => {
    expect(parsed(text) === undefined || !isObject(parsed(text))).toBe(true);
    expect(scan(text)).toBe("refused");
  });

  test.each(['{"a":[-0.5e+10,1E2,0,true,false,null,"\\u00fc\\n"],"\\u0062":[{},{}]}', " {}\n"])(
    "that %j is one",
    (text) => {
      expect(scan(text)).toEqual(expected(text));
    },
  );
});

test("objects one after another are counted together by the last of each name", () => {
  expect(scan('{"messages":[{},{}]}\n{"messages":[{}]}\n')).toEqual({ messages: 1 });
});

test("nothing can make it hold much: neither depth nor a name", () => {
  expect(scan(`{"a":${"[".repeat(20_000)}`)).toBe("refused");
  expect(scan(`{"${"a".repeat(2000)}":1}`)).toBe("refused");
});

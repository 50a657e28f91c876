import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, describe, expect } from "vitest";
import { RequestId } from "../../src/identifiers.ts";
import { openResultStore } from "../../src/results/store.ts";

const test = base.extend("directory", async ({}, { onCleanup }) => {
  const directory = await mkdtemp(join(tmpdir(), "stream-dsr-results-"));
  onCleanup(() => rm(directory, { recursive: true }));
  return directory;
});
const request = RequestId.parse("r-1");
async function* inPieces(text: string, size = 7) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const EXPORT = `{"user":{"id":"ann","teams":[{"x":1}],"created_at":1755000000123456789},
 "messages":[{"id":"m1","attachments":[{},{}]},{"id":"m2","text":"ü[{"}],"reactions":[],"duration":"1ms"}`;

describe("an export package", () => {
  test("keeps every byte and counts the objects of top-level arrays", async ({ directory }) => {
    await using draft = await openResultStore(directory).begin(request);
    const written = await draft.write("user-1.json", inPieces(EXPORT));
    const place = await draft.commit({ ok: true });

    expect(written).toEqual({
      bytes: Buffer.byteLength(EXPORT),
      sha256: createHash("sha256").update(EXPORT).digest("hex"),
      counts: { messages: 2, reactions: 0 },
    });
    expect(await readFile(join(place, "user-1.json"), "utf8")).toBe(EXPORT);
    expect(JSON.parse(await readFile(join(place, "manifest.json"), "utf8"))).toEqual({ ok: true });
  });

  test("is readable by its owner only", async ({ directory }) => {
    await using draft = await openResultStore(directory).begin(request);
    await draft.write("user-1.json", inPieces("{}"));
    const place = await draft.commit({});
    expect((await stat(place)).mode & 0o077).toBe(0);
    expect((await stat(join(place, "user-1.json"))).mode & 0o077).toBe(0);
  });

  test.each([EXPORT.slice(0, -20), `${EXPORT} garbage`, "<html>", ""])(
    "refuses a body that is not one whole JSON object, and leaves nothing behind",
    async (body) => {
      const directory = await mkdtemp(join(tmpdir(), "stream-dsr-results-"));
      {
        await using draft = await openResultStore(directory).begin(request);
        await expect(draft.write("user-1.json", inPieces(body))).rejects.toThrow(
          "not one whole JSON",
        );
      }
      expect(await readdir(directory)).toEqual([".drafts"]);
      expect(await readdir(join(directory, ".drafts"))).toEqual([]);
      await rm(directory, { recursive: true });
    },
  );

  test("removes what a killed run of the same request has left, and nothing else", async ({
    directory,
  }) => {
    const store = openResultStore(directory);
    await store.begin(request);
    await using other = await store.begin(RequestId.parse("r-1-other"));
    await using draft = await store.begin(request);
    expect(await readdir(join(directory, ".drafts"))).toHaveLength(2);
    await other.write("user-1.json", inPieces("{}"));
    await draft.write("user-1.json", inPieces("{}"));
  });

  test("replaces the package of an earlier run as a whole", async ({ directory }) => {
    const store = openResultStore(directory);
    for (const file of ["user-1.json", "user-2.json"]) {
      await using draft = await store.begin(request);
      await draft.write(file, inPieces("{}"));
      await draft.commit({ file });
    }
    expect((await readdir(join(directory, "r-1"))).sort()).toEqual([
      "manifest.json",
      "user-2.json",
    ]);
  });
});

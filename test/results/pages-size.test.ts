import { expect } from "vitest";
import { test, writePackage } from "./package.ts";

const COUNT = 100_000;

function* largeExport(channels: number) {
  yield '{"user":{"id":"ann"},"messages":[';
  for (let id = 0; id < COUNT; id += 1) {
    const cid = `messaging:channel-${id % channels}`;
    const text = `Message ${id}, and then some more words to say`;
    const message = {
      id: `m${id}`,
      cid,
      type: "regular",
      text,
      html: `<p>${text}</p>`,
      user: null,
    };
    yield `${id > 0 ? "," : ""}${JSON.stringify({ ...message, reply_count: 0, created_at: "2026-01-02T03:04:05Z" })}`;
  }
  yield '],"reactions":[]}\n';
}

test.for([1, 3000])(
  "100,000 messages in %i channels stand once each on a hundred pages",
  async (channels, { directory }) => {
    const given = [{ file: "user-1.json", body: largeExport(channels) }];
    const { pages, page } = await writePackage(directory, given);
    expect(pages).toHaveLength(101);
    const seen = new Set<string>();
    for (const name of pages.slice(1)) {
      const said = [...(await page(name)).matchAll(/>Message (\d+),/g)].map(([, id = ""]) => id);
      expect(said).toHaveLength(1000);
      for (const id of said) seen.add(id);
    }
    expect(seen.size).toBe(COUNT);
  },
);

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
  "100,000 messages in %i channels take seconds and no memory to speak of",
  async (channels, { directory }) => {
    const before = process.memoryUsage();
    let heap = 0;
    let resident = 0;
    const sampler = setInterval(() => {
      const now = process.memoryUsage();
      heap = Math.max(heap, now.heapUsed);
      resident = Math.max(resident, now.rss);
    }, 20);
    const started = performance.now();
    const given = [{ file: "user-1.ndjson", body: largeExport(channels) }];
    const { pages } = await writePackage(directory, given);
    clearInterval(sampler);
    console.log(
      channels,
      "ms",
      Math.round(performance.now() - started),
      "heap",
      (heap - before.heapUsed) / 1e6,
      "rss",
      (resident - before.rss) / 1e6,
    );
    expect(pages).toHaveLength(101);
  },
);

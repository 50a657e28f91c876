import { expect } from "vitest";
import { test as base, MINUTE } from "./fixture.ts";

const test = base
  .extend("task", async ({ app, post }) => {
    app.seed({ id: "ann", name: "Ann", megabytes: 1 });
    const { body } = await post("/export/users", { user_ids: ["ann"] });
    app.endTasks();
    return body.task_id;
  })
  .extend(
    "freshUrl",
    ({ task, send }) =>
      async () =>
        (await send(`/tasks/${task}`)).body.result.url,
  )
  .extend("whole", async ({ freshUrl }) =>
    Buffer.from(await (await fetch(await freshUrl())).arrayBuffer()),
  );

const get = async (url: string, headers: Record<string, string> = {}) => {
  const response = await fetch(url, { headers });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes };
};

test("serves a file with its length, its tag and in ranges", async ({ freshUrl, whole }) => {
  const { status, headers } = await get(await freshUrl(), { "accept-encoding": "gzip" });
  expect([status, headers.get("content-length"), headers.get("content-encoding")]).toEqual([
    200,
    String(whole.length),
    null,
  ]);
  expect(headers.get("accept-ranges")).toBe("bytes");
  expect(headers.get("etag")).toMatch(/^"[0-9a-f]{32}"$/);
});

test.for<[string, number, number]>([
  ["bytes=0-99", 0, 100],
  ["bytes=99999-", 99_999, Number.POSITIVE_INFINITY],
  ["bytes=-7", -7, Number.POSITIVE_INFINITY],
  ["bytes=500000-99999999", 500_000, Number.POSITIVE_INFINITY],
])("cuts out %s, within a character too", async ([range, from, to], { freshUrl, whole }) => {
  const part = whole.subarray(from, to);
  const { status, headers, bytes } = await get(await freshUrl(), { range });
  expect([status, headers.get("content-length")]).toEqual([206, String(part.length)]);
  const first = from < 0 ? whole.length + from : from;
  const contentRange = `bytes ${first}-${first + part.length - 1}/${whole.length}`;
  expect(headers.get("content-range")).toBe(contentRange);
  expect(bytes.equals(part)).toBe(true);
});

test("refuses a range behind the end, and gives all for one that makes no sense", async ({
  freshUrl,
  whole,
}) => {
  const behind = await get(await freshUrl(), { range: `bytes=${whole.length}-` });
  expect([behind.status, behind.headers.get("content-range")]).toEqual([
    416,
    `bytes */${whole.length}`,
  ]);
  for (const range of ["bytes=9-1", "bytes=0-1,5-9", "lines=1-2"]) {
    expect((await get(await freshUrl(), { range })).status).toBe(200);
  }
});

test("gives all when the file is not the one that was begun", async ({ freshUrl }) => {
  const etag = (await get(await freshUrl())).headers.get("etag") ?? "";
  const range = "bytes=10-";
  const status = async (tag: string) =>
    (await get(await freshUrl(), { range, "if-range": tag })).status;
  expect([await status(etag), await status('"other"')]).toEqual([206, 200]);
});

test("breaks off, expires, and goes on from a new URL", async ({ app, clock, freshUrl, whole }) => {
  app.options.tasks.urlMs = MINUTE;
  app.clearCalls();
  app.fault("DownloadExport", { kind: "reset_mid_body", afterBytes: 400_001 });
  const url = await freshUrl();
  const begun = await fetch(url);
  const chunks: Uint8Array[] = [];
  const reading = async () => {
    for await (const chunk of begun.body ?? []) chunks.push(chunk);
  };
  await expect(reading()).rejects.toThrow();
  const begin = Buffer.concat(chunks);
  expect(begin).toHaveLength(400_001);
  clock.advance(MINUTE + 1);
  const range = `bytes=${begin.length}-`;
  expect((await get(url, { range })).status).toBe(403);
  const rest = await get(await freshUrl(), { range });
  expect(Buffer.concat([begin, rest.bytes]).equals(whole)).toBe(true);
  const downloads = app.downloads.map((download) => [download.status, download.range]);
  expect(downloads).toEqual([
    [0, undefined],
    [403, range],
    [206, range],
  ]);
});

test("disturbs downloads in other ways too", async ({ app, freshUrl }) => {
  app.fault("DownloadExport", { kind: "bad_gateway" });
  app.fault("DownloadExport", { kind: "rate_limited" });
  app.fault("DownloadExport", { kind: "truncated_body", afterBytes: 9 });
  expect((await get(await freshUrl())).status).toBe(502);
  expect((await get(await freshUrl())).bytes.toString()).toContain("SlowDown");
  expect((await get(await freshUrl())).bytes).toHaveLength(9);
});

test("leaves out messages above 10,000, unless told to give all", async ({ app, post, send }) => {
  app.seed({ id: "bob", messages: 10_002, reactions: 10_001 });
  const counts = async () => {
    const { task_id } = (await post("/export/users", { user_ids: ["bob"] })).body;
    app.endTasks();
    const { url } = (await send(`/tasks/${task_id}`)).body.result;
    const { messages, reactions } = JSON.parse((await get(url)).bytes.toString());
    return [messages.length, reactions.length];
  };
  expect(await counts()).toEqual([10_000, 10_001]);
  app.options.exportFileLimit = false;
  expect(await counts()).toEqual([10_002, 10_001]);
});

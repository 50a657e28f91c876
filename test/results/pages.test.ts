import { stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { UserId } from "../../src/identifiers.ts";
import { exportOf, test, writePackage } from "./package.ts";

const TIME = JSON.rawJSON("1755000000123456789");
const message = (id: number, fields: object = {}) => ({
  id: `m${id}`,
  cid: "messaging:general",
  type: "regular",
  text: `text ${id}`,
  html: `<p>text ${id}</p>\n`,
  user: null,
  attachments: [],
  custom: {},
  created_at: TIME,
  ...fields,
});
const HOSTILE = `<script>alert(1)</script> "quoted" 'single' & مرحبا 🚲 ${"w".repeat(3000)}`;
const ESCAPED = `&lt;script&gt;alert(1)&lt;/script&gt; &quot;quoted&quot; &#39;single&#39; &amp; مرحبا 🚲`;

describe("the pages of a package", () => {
  test("show a user's profile, messages by channel, and reactions", async ({ directory }) => {
    const user = {
      id: "ann",
      name: "Ann",
      custom: { address: { city: "Köln", tags: ["a", "b"] } },
    };
    const messages = [message(1), message(2, { cid: "messaging:other" }), message(3)];
    const reaction = { message_id: "m9", type: "haha", user: null, created_at: TIME };
    const { pages, page } = await writePackage(directory, [exportOf(user, messages, [reaction])]);
    const text = await page();

    expect(pages).toEqual(["index.html"]);
    expect(text).toContain("<dt><bdi>city</bdi></dt><dd><bdi>Köln</bdi></dd>");
    expect(text).toContain("<li><bdi>b</bdi></li>");
    const inOrder = ["#user-1-messages-2", "text 1", "text 3", 'id="user-1-messages-2"', "text 2"];
    const places = inOrder.map((part) => text.indexOf(part));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(text).toMatch(/haha.*on message <bdi>m9/s);
  });

  test("escape every string, wherever it stands", async ({ directory }) => {
    const user = { id: HOSTILE, [HOSTILE]: HOSTILE, custom: { list: [HOSTILE] } };
    const attachments = [
      { title: HOSTILE, asset_url: `javascript:alert("x")`, og: "https://a.b/?c=1&d='" },
    ];
    const hostile = message(1, {
      text: HOSTILE,
      type: HOSTILE,
      cid: HOSTILE,
      attachments,
      id: HOSTILE,
    });
    const given = exportOf(
      user,
      [hostile],
      [{ type: HOSTILE, message_id: HOSTILE, created_at: HOSTILE }],
    );
    const { page } = await writePackage(directory, [given]);
    const text = await page();

    expect(text.split(ESCAPED).length - 1).toBe(13);
    expect(text).not.toMatch(/<script|<img|<link|<iframe|src=|url\(|@import/i);
    expect(
      [...text.matchAll(/href="(?!#|user-1)([^"]*)"([^>]*)/g)].map(([, ...found]) => found),
    ).toEqual([["https://a.b/?c=1&amp;d=&#39;", ' rel="noreferrer"']]);
  });

  test("keep every digit of a time, and of any other number", async ({ directory }) => {
    const custom = { snowflake: JSON.rawJSON("9007199254740993"), float: JSON.rawJSON("1.10") };
    const { page } = await writePackage(directory, [exportOf({ created_at: TIME, custom })]);
    const text = await page();
    expect(text).toContain(
      '<time datetime="2025-08-12T12:00:00.123456789Z" title="1755000000123456789">2025-08-12 12:00:00<small>.123456789</small>Z</time>',
    );
    expect(text).toContain("<bdi>9007199254740993</bdi>");
    expect(text).toContain("<bdi>1.10</bdi>");
  });

  test("show what is null, missing or unknown without stumbling", async ({ directory }) => {
    const body = `{"user":{"id":"ann","image":null,"teams":[],"name":"","banned":false,"__proto__":{"x":1}},
      "messages":[{"text":null,"created_at":null,"cid":null,"reaction_counts":null},null,"odd",{}],
      "reactions":[{}],"calls":[{"cid":"default:1","title":"Stand-up"}],"polls":[],"consent":{"given_at":"2026-01-02T03:04:05.5Z"}}`;
    const { page } = await writePackage(directory, [{ file: "user-1.json", body: [body] }]);
    const text = await page();
    for (const part of [
      "not set",
      "Stand-up",
      "(no channel given)",
      "odd",
      "2026-01-02 03:04:05",
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toContain("<bdi>__proto__</bdi>");
    expect(text).toContain('<h3>Polls <small>0</small></h3>\n<p class="soft">None.</p>');
    expect(text).not.toMatch(/undefined|\[object|NaN/);
  });

  test("read the file of an export task the same way as an answer", async ({ directory }) => {
    const line = (id: string) => `${JSON.stringify({ user: { id }, messages: [message(1)] })}\n`;
    const body = [line("ann"), line("bob")];
    const { page } = await writePackage(directory, [{ file: "user-1.ndjson", body }]);
    const text = await page();
    expect(text).toMatch(/<bdi>ann<\/bdi>.*<bdi>bob<\/bdi>/s);
    expect(text).toContain("<h3>Messages <small>2</small></h3>");
  });

  test("divide many messages, each exactly once, and keep channels together", async ({
    directory,
  }) => {
    const cid = (id: number) => `messaging:${["general", "design", "lunch"][id % 3]}`;
    const messages = Array.from({ length: 2500 }, (_, id) => message(id, { cid: cid(id) }));
    const { pages, files, page } = await writePackage(directory, [
      exportOf({ id: "ann" }, messages),
    ]);

    const names = [1, 2, 3].map((number) => `user-1-messages-${number}.html`);
    expect(pages).toEqual(["index.html", ...names]);
    expect(files).toEqual(["index.html", "manifest.json", ...names, "user-1.json"]);
    const texts = await Promise.all(names.map((name) => page(name)));
    const said = texts.map((text) =>
      [...text.matchAll(/>text (\d+)<\/p>/g)].map(([, id]) => Number(id)),
    );
    expect(said.map(({ length }) => length)).toEqual([1000, 1000, 500]);
    const expected = [0, 1, 2].flatMap((first) =>
      Array.from({ length: 2500 }, (_, id) => id).filter((id) => id % 3 === first),
    );
    expect(said.flat()).toEqual(expected);
    expect(texts[1]).toContain("<bdi>messaging:design</bdi> <small>continued</small>");
    expect(texts[1]).toContain('<a rel="prev" href="user-1-messages-1.html">');
    expect(texts[2]).not.toContain('rel="next"');
    expect(await page()).toContain('<a href="user-1-messages-2.html#user-1-messages-3">');
  });

  test("say what is complete, truncated and why, refused, absent and not covered", async ({
    directory,
  }) => {
    const { page, manifest } = await writePackage(
      directory,
      [
        exportOf({ id: "user-1" }),
        { ...exportOf({}), file: "user-2.ndjson", why: "At most 10,000" },
      ],
      [
        { status: "too_large", userId: UserId.parse("huge"), why: "Stream refuses", dataSets: [] },
        { status: "absent", userId: UserId.parse("gone") },
      ],
    );
    const text = await page();
    const parts = [
      "Not complete",
      "Truncated. At most 10,000.",
      "Not exported. Stream refuses.",
      "Absent: ",
    ];
    for (const part of [...parts, ...manifest.notCovered]) expect(text).toContain(part);
    for (const user of manifest.users) if ("sha256" in user) expect(text).toContain(user.sha256);
  });

  test("are named by the manifest and readable by their owner only", async ({ directory }) => {
    const messages = Array.from({ length: 1001 }, (_, id) => message(id));
    const { place, pages, page } = await writePackage(directory, [exportOf({}, messages)]);
    expect(JSON.parse(await page("manifest.json")).pages).toEqual(pages);
    for (const name of pages) expect((await stat(join(place, name))).mode & 0o777).toBe(0o600);
  });

  test("stop where data is nested deeper than anybody reads", async ({ directory }) => {
    const depth = 5000;
    const body = [`{"user":{"custom":${'{"a":'.repeat(depth)}1${"}".repeat(depth)}}}`];
    const { page } = await writePackage(directory, [{ file: "user-1.json", body }]);
    expect(await page()).toContain("nested too deeply");
  });
});

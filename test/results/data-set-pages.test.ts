import { expect } from "vitest";
import type { DataSetExport } from "../../src/results/manifest.ts";
import type { ExportPackage } from "../../src/results/store.ts";
import { exportOf, test, writePackage } from "./package.ts";

const HOSTILE = `<script>alert("1")</script>`;
const ESCAPED = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;";

async function* lines(answers: readonly object[]) {
  for (const answer of answers) yield Buffer.from(`${JSON.stringify(answer)}\n`);
}

const write = async (
  draft: ExportPackage,
  name: "drafts" | "feeds",
  answers: readonly object[],
): Promise<DataSetExport> => {
  const file = `user-1.${name}.ndjson`;
  const { bytes, sha256 } = await draft.write(file, lines(answers));
  const items = name === "drafts" ? "drafts" : null;
  const told = { name, operation: "Query", status: "complete" } as const;
  return { ...told, file, records: 0, items, bytes, sha256 };
};

test("each record of a data set is shown, and nothing of it can become markup", async ({
  directory,
}) => {
  const drafts = [{ id: "d-1", message: { text: HOSTILE, [HOSTILE]: HOSTILE } }, { id: "d-2" }];
  const { page } = await writePackage(directory, [exportOf({ id: "ann" })], [], async (draft) => [
    await write(draft, "drafts", [{ drafts, next: "cursor", duration: "1ms" }, { drafts: [] }]),
    { name: "appeals", operation: "QueryAppeals", status: "not_covered", why: HOSTILE },
  ]);
  const text = await page();

  expect(text).toContain("Drafts <small>2</small>");
  expect(text).toContain(`<summary><bdi>message</bdi>: <bdi>${ESCAPED}</bdi></summary>`);
  expect(text).toContain(`not given <small>${ESCAPED}</small>`);
  expect(text).not.toContain("<script");
  expect(text).not.toContain("cursor</bdi>");
});

test("feeds are shown line by line, and the lists of a line one by one", async ({ directory }) => {
  const { page } = await writePackage(directory, [exportOf({ id: "ann" })], [], async (draft) => [
    await write(draft, "feeds", [
      { type: "activity", data: { id: "a-1" } },
      { type: "activity", data: { id: "a-2" } },
      { comments: [{ text: "first" }, { text: "second" }] },
    ]),
  ]);

  expect(await page()).toContain("Feeds <small>4</small>");
});

test("a long data set goes to pages of its own", async ({ directory }) => {
  const drafts = Array.from({ length: 1500 }, (_, index) => ({ id: `draft ${index}` }));
  const { pages, page } = await writePackage(
    directory,
    [exportOf({ id: "ann" })],
    [],
    async (draft) => [await write(draft, "drafts", [{ drafts }])],
  );

  expect(pages).toEqual(["index.html", "user-1.drafts-1.html", "user-1.drafts-2.html"]);
  expect(await page("user-1.drafts-2.html")).toContain("draft 1499");
});

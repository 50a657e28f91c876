import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base } from "vitest";
import { RequestId, UserId } from "../../src/identifiers.ts";
import type { DataSetExport, Manifest, UserExport } from "../../src/results/manifest.ts";
import { type ExportPackage, openResultStore } from "../../src/results/store.ts";

export const test = base.extend("directory", async ({}, { onCleanup }) => {
  const directory = await mkdtemp(join(tmpdir(), "stream-dsr-results-"));
  onCleanup(() => rm(directory, { recursive: true }));
  return directory;
});

/** An export as it comes from Stream: its file's form, its body, and what became of it. */
export type Given = { file: string; body: Iterable<string>; why?: string };

export const exportOf = (
  user: object,
  messages: object[] = [],
  reactions: object[] = [],
): Given => ({
  file: "user-1.json",
  body: [JSON.stringify({ user, messages, reactions, duration: "1ms" })],
});

async function* buffers(body: Iterable<string>) {
  for (const piece of body) yield Buffer.from(piece);
}

/** Writes a package as an access request does. @returns its folder and the text of each page by its name. */
export const writePackage = async (
  directory: string,
  given: readonly Given[],
  others: readonly UserExport[] = [],
  setsOf?: (draft: ExportPackage) => Promise<DataSetExport[]>,
) => {
  await using draft = await openResultStore(directory).begin(RequestId.parse("r-1"));
  const users: UserExport[] = [];
  for (const { file, body, why } of given) {
    const userId = UserId.parse(`user-${users.length + 1}`);
    const written = await draft.write(file, buffers(body));
    const status = why ? "truncated" : "complete";
    const dataSets = setsOf === undefined ? [] : await setsOf(draft);
    users.push({
      status,
      userId,
      source: "ExportUser",
      file,
      ...(why && { why }),
      dataSets,
      ...written,
    });
  }
  const manifest = manifestOf([...users, ...others]);
  const pages = await draft.addPages(manifest);
  const place = await draft.commit({ ...manifest, pages });
  return {
    place,
    pages,
    manifest,
    files: (await readdir(place)).sort(),
    page: (name = "index.html") => readFile(join(place, name), "utf8"),
  };
};

const manifestOf = (users: readonly UserExport[]): Manifest => ({
  version: 1,
  requestId: "r-1",
  connection: "default",
  createdAt: "2026-03-01T09:30:00.000Z",
  complete: users.every(({ status }) => status === "complete" || status === "absent"),
  users,
  notCovered: ["devices", "video calls and recordings"],
});

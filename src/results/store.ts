import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { RequestId } from "../identifiers.ts";
import type { Manifest } from "./manifest.ts";
import { writePages } from "./pages/write-pages.ts";
import { type WrittenExport, writeExport } from "./write-export.ts";

/** The folder of one access request while it is being written; nothing is visible before `commit`. */
export type ExportPackage = AsyncDisposable & {
  /** Writes a JSON body as it arrives. @throws Error when the body ends early or is not JSON. */
  write(file: string, body: AsyncIterable<Buffer>): Promise<WrittenExport>;
  /** The same, unless there is nothing to write: then there is no file. @returns undefined then. */
  writeIfAny(file: string, body: AsyncIterable<Buffer>): Promise<WrittenExport | undefined>;
  /** Adds pages for a person to read, made of the exports that the manifest names. @returns their names. */
  addPages(manifest: Manifest): Promise<string[]>;
  /** Adds `manifest.json` and puts the package in place at once, instead of an earlier one. @returns its path. */
  commit(manifest: unknown): Promise<string>;
};

export type ResultStore = { begin(request: RequestId): Promise<ExportPackage> };

const OWNER_ONLY = 0o700;

/** Keeps exports as folders below `directory`, readable by the owner only. */
export const openResultStore = (directory: string): ResultStore => ({
  async begin(request) {
    const place = join(directory, request);
    const drafts = join(directory, ".drafts");
    await removeLeftDrafts(drafts, request);
    const draft = join(drafts, `${request}-${randomUUID()}`);
    await mkdir(draft, { recursive: true, mode: OWNER_ONLY });
    return {
      write: (file, body) => writeExport(join(draft, file), body),
      async writeIfAny(file, body) {
        const chunks = body[Symbol.asyncIterator]();
        const first = await chunks.next();
        if (first.done) return undefined;
        return writeExport(join(draft, file), resumed(first.value, chunks));
      },
      addPages: (manifest) => writePages(draft, manifest),
      async commit(manifest) {
        await writeDurably(join(draft, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
        await rm(place, { recursive: true, force: true });
        await rename(draft, place);
        return place;
      },
      async [Symbol.asyncDispose]() {
        await rm(draft, { recursive: true, force: true });
      },
    };
  },
});

async function* resumed(first: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
}

const UUID_LENGTH = 36;

// A worker that was killed leaves what it had exported so far; the request's next run is the one to remove it.
const removeLeftDrafts = async (drafts: string, request: RequestId): Promise<void> => {
  const names = await readdir(drafts).catch(() => []);
  const left = names.filter((name) => name.slice(0, -UUID_LENGTH - 1) === request);
  await Promise.all(left.map((name) => rm(join(drafts, name), { recursive: true, force: true })));
};

const writeDurably = async (path: string, text: string): Promise<void> => {
  await using file = await open(path, "wx", 0o600);
  await file.writeFile(text);
  await file.sync();
};

import { randomUUID } from "node:crypto";
import { type FileHandle, link, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Puts a file in place at once, instead of an earlier one; readable by the owner only. */
export const replaceFile = async (path: string, text: string): Promise<void> => {
  const draft = await writeDraft(path, text);
  try {
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
};

/** Puts a file in place unless one is there already. Nobody ever sees half of it. */
export const createOnce = async (path: string, text: string): Promise<void> => {
  const draft = await writeDraft(path, text);
  try {
    await link(draft, path);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    await rm(draft, { force: true });
  }
};

/** Makes the names of files survive a power failure, not only their content. */
export const syncDirectory = async (path: string): Promise<void> => {
  await using directory = await open(path, "r");
  await directory.sync();
};

const writeDraft = async (path: string, text: string): Promise<string> => {
  const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  await using file = await openNew(draft);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return draft;
};

// The folder is there for all but the first of thousands.
const openNew = async (path: string): Promise<FileHandle> => {
  try {
    return await open(path, "wx", 0o600);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return open(path, "wx", 0o600);
  }
};

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;

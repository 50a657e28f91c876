import { randomUUID } from "node:crypto";
import { link, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Puts a file in place at once, instead of an earlier one; readable by the owner only. */
export const replaceFile = (path: string, text: string): Promise<void> =>
  place(path, text, (draft) => rename(draft, path));

/** Puts a file in place unless one is there already. Nobody ever sees half of it. */
export const createOnce = (path: string, text: string): Promise<void> =>
  place(path, text, async (draft) => {
    try {
      await link(draft, path);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
  });

/** Makes the names of files survive a power failure, not only their content. */
export const syncDirectory = async (path: string): Promise<void> => {
  await using directory = await open(path, "r");
  await directory.sync();
};

const place = async (
  path: string,
  text: string,
  settle: (draft: string) => Promise<void>,
): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    await write(draft, text);
    await settle(draft);
  } finally {
    await rm(draft, { force: true });
  }
};

const write = async (path: string, text: string): Promise<void> => {
  await using file = await open(path, "wx", 0o600);
  await file.writeFile(text);
  await file.sync();
};

import type { Html } from "../../html.ts";
import type { Manifest } from "../manifest.ts";
import { coverOf } from "./cover.ts";
import { type Book, writePage } from "./page.ts";
import { userOf } from "./user.ts";

/**
 * Writes `index.html`, and pages for what is too long for it, beside the exports that the manifest names.
 * @returns the names of the pages.
 */
export const writePages = async (folder: string, manifest: Manifest): Promise<string[]> => {
  const book: Book = { folder, requestId: manifest.requestId, pages: [] };
  await writePage(
    book,
    { name: "index.html", title: "Personal data export" },
    overview(book, manifest),
  );
  return book.pages;
};

async function* overview(book: Book, manifest: Manifest): AsyncGenerator<Html> {
  yield coverOf(manifest);
  for (const [index, user] of manifest.users.entries()) {
    yield* userOf(book, user, `user-${index + 1}`);
  }
}

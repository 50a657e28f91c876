import { join } from "node:path";
import { type Html, html } from "../../html.ts";
import { STYLE } from "./style.ts";
import { openTextFile } from "./text-file.ts";

/** Where the pages of a package go, and their names in the order they were made. */
export type Book = { folder: string; requestId: string; pages: string[] };

/** Writes one page of the package, whole and on the disk when this returns. */
export const writePage = async (
  book: Book,
  page: { name: string; title: string },
  body: AsyncIterable<Html>,
): Promise<void> => {
  book.pages.push(page.name);
  await using file = await openTextFile(join(book.folder, page.name));
  await file.write(opening(`${page.title} · ${book.requestId}`));
  for await (const piece of body) await file.write(piece);
  await file.write(html`</body>\n</html>\n`);
  await file.sync();
};

// The policy stands even if something hostile got past the escaping: nothing is loaded and nothing runs.
const opening = (title: string): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
`;

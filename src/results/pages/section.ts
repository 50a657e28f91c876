import { type Html, html } from "../../html.ts";
import { type Book, writePage } from "./page.ts";
import { type Run, runsOf } from "./runs.ts";
import type { Section, Spool } from "./spool.ts";

/** The most items on a page; a section that has no more stands in `index.html` itself. */
const PAGE_SIZE = 1000;

/** A section to show: whose it is, and the name that its pages and anchors begin with. */
export type Listing = { book: Book; spool: Spool; section: Section; userId: string; name: string };

/** A section in the overview; the items of a long one go to pages of their own. */
export async function* sectionOf(listing: Listing): AsyncGenerator<Html> {
  const { section, name } = listing;
  yield html`<h3>${title(section)} <small>${section.count}</small></h3>\n`;
  if (section.count === 0) yield html`<p class="soft">None.</p>\n`;
  const runs = [...runsOf(section, name, PAGE_SIZE)];
  const pages = [...Map.groupBy(runs, ({ page }) => page).values()];
  const paged = pages.length > 1;
  if (paged) yield html`<nav>${pages.map((_, index) => pageLink(name, index + 1))}</nav>\n`;
  if (isByChannel(section)) yield* channels(runs, paged ? name : undefined);
  if (!paged) yield* itemsOf(listing, runs);
  for (const page of paged ? pages : []) await writeItems(listing, page, pages.length);
}

const title = ({ name }: Section): string => name.charAt(0).toUpperCase() + name.slice(1);

const isByChannel = ({ groups }: Section): boolean => groups.size > 0 && !groups.has("");

const fileOf = (name: string, page: number): string => `${name}-${String(page)}.html`;

const pageLink = (name: string, page: number): Html =>
  html`<a href="${fileOf(name, page)}">Page ${page}</a> `;

function* channels(runs: readonly Run[], pages: string | undefined): Generator<Html> {
  yield html`<table><tr><th>Channel</th><th class="number">Messages</th></tr>\n`;
  for (const { group, anchor, page } of runs.filter(({ from }) => from === 0)) {
    const link = html`<a href="${pages ? fileOf(pages, page) : ""}#${anchor}"><bdi>${group.name}</bdi></a>`;
    yield html`<tr><td>${link}</td><td class="number">${group.places.length / 2}</td></tr>\n`;
  }
  yield html`</table>\n`;
}

async function* itemsOf({ spool }: Listing, runs: readonly Run[]): AsyncGenerator<Html> {
  for (const { group, anchor, from, to } of runs) {
    const continued = from > 0 ? html` <small>continued</small>` : undefined;
    if (group.name) yield html`<h4 id="${anchor}"><bdi>${group.name}</bdi>${continued}</h4>\n`;
    yield* spool.read(group, from, to);
  }
}

const writeItems = (listing: Listing, runs: readonly Run[], pages: number): Promise<void> => {
  const { book, section, userId, name } = listing;
  const page = runs[0]?.page ?? 1;
  const heading = html`${title(section)} of <bdi>${userId}</bdi>`;
  async function* body(): AsyncGenerator<Html> {
    yield html`<h1>${heading}</h1>\n<p class="soft">Page ${page} of ${pages}</p>\n`;
    yield turning(name, page, pages);
    yield* itemsOf(listing, runs);
    yield turning(name, page, pages);
  }
  const at = { name: fileOf(name, page), title: `${title(section)}, page ${page}` };
  return writePage(book, at, body());
};

const turning = (name: string, page: number, pages: number): Html => html`<nav>
<a href="index.html">Overview</a>
${page > 1 ? html`<a rel="prev" href="${fileOf(name, page - 1)}">← Page ${page - 1}</a>` : undefined}
${page < pages ? html`<a rel="next" href="${fileOf(name, page + 1)}">Page ${page + 1} →</a>` : undefined}
</nav>\n`;

import { join } from "node:path";
import { type Html, html } from "../../html.ts";
import type { UserExport } from "../manifest.ts";
import { dataSetsOf } from "./data-sets.ts";
import { readEntries } from "./entries.ts";
import { groupOf, itemOf } from "./item.ts";
import type { Book } from "./page.ts";
import { sectionOf } from "./section.ts";
import { openSpool, type Section, type Spool } from "./spool.ts";
import { fieldList, isObject } from "./value.ts";

/** One user's part of the overview: the profile, then each section of the export. */
export async function* userOf(book: Book, user: UserExport, name: string): AsyncGenerator<Html> {
  yield html`<h2 id="${name}"><bdi>${user.userId}</bdi></h2>\n`;
  yield stateOf(user);
  if (user.status === "absent") return;
  if ("file" in user) yield* ownOf(book, user, name);
  yield* dataSetsOf(book, user, name);
}

type WithFile = Extract<UserExport, { file: string }>;

async function* ownOf(book: Book, user: WithFile, name: string): AsyncGenerator<Html> {
  await using spool = await openSpool(join(book.folder, `.${name}.spool`));
  const profile = await readInto(spool, join(book.folder, user.file));
  yield html`<h3>Profile</h3>\n${profile}\n`;
  for (const [index, section] of [...spool.sections()].entries()) {
    const { userId } = user;
    yield* sectionOf({ book, spool, section, userId, name: `${name}-${slug(section, index)}` });
  }
}

/** What became of a user's export, in words. */
const stateOf = (user: UserExport): Html => {
  switch (user.status) {
    case "complete":
      return html`<p class="state complete">Complete: everything that Stream's user export gives.</p>\n`;
    case "truncated":
      return html`<p class="state">Truncated. ${user.why}.</p>\n`;
    case "too_large":
      return html`<p class="state">Not exported. ${user.why}.</p>\n`;
    case "absent":
      return html`<p class="state">Absent: Stream has no user of this id any more.</p>\n`;
  }
};

// Stream's answer says how long it took, which is no data of the user.
const NO_DATA = new Set(["duration"]);

const readInto = async (spool: Spool, path: string): Promise<Html> => {
  const fields: Record<string, unknown>[] = [];
  for await (const entry of readEntries(path)) {
    if (entry.kind === "end") continue;
    const { kind, name, value } = entry;
    if (kind === "item") await spool.add(name, groupOf(name, value), itemOf(name, value));
    else if (Array.isArray(value)) spool.section(name);
    else if (!NO_DATA.has(name)) {
      fields.push(name === "user" && isObject(value) ? value : { [name]: value });
    }
  }
  await spool.flush();
  return html`${fields.map((some) => fieldList(some))}`;
};

// Files are named after the data only where that is plain.
const slug = ({ name }: Section, index: number): string =>
  /^[a-z]{1,40}$/.test(name) ? name : `section-${index + 1}`;

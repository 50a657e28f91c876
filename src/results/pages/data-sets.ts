import { join } from "node:path";
import { type Html, html } from "../../html.ts";
import type { DataSetExport, SetName, UserExport } from "../manifest.ts";
import { readEntries } from "./entries.ts";
import { itemOf } from "./item.ts";
import type { Book } from "./page.ts";
import { sectionOf } from "./section.ts";
import { openSpool } from "./spool.ts";

/** How each data set is called for a person. */
const TITLES: Record<SetName, string> = {
  devices: "Devices",
  blocks: "Blocked users",
  memberships: "Channel memberships",
  drafts: "Drafts",
  reminders: "Reminders",
  polls: "Polls created",
  poll_votes: "Votes in own polls",
  threads: "Threads started",
  live_locations: "Live locations",
  bans: "Bans",
  flags: "Flagged content",
  review_queue: "Moderation review queue",
  appeals: "Appeals",
  moderation_logs: "Moderation log",
  calls: "Calls",
  recordings: "Call recordings",
  transcriptions: "Call transcriptions",
  feeds: "Feeds",
};

/** What else Stream holds of a user: what became of each data set, then those that hold anything. */
export async function* dataSetsOf(
  book: Book,
  user: Exclude<UserExport, { status: "absent" }>,
  name: string,
): AsyncGenerator<Html> {
  yield html`<h3>Everything else</h3>
<table><tr><th>Data</th><th>Export</th><th class="number">Records</th></tr>
${user.dataSets.map((set) => row(set, anchorOf(name, set)))}</table>\n`;
  for (const set of user.dataSets) {
    if ("file" in set) yield* listing(book, user.userId, name, set);
  }
}

const STATES = {
  complete: "complete",
  truncated: "truncated",
  empty: "nothing there",
  not_covered: "not given",
  skipped: "left out",
} as const satisfies Record<DataSetExport["status"], string>;

const row = (set: DataSetExport, anchor: string): Html => {
  const title = TITLES[set.name];
  const records = "records" in set ? set.records : set.status === "empty" ? 0 : "–";
  const why = "why" in set && set.why ? html` <small>${set.why}</small>` : undefined;
  return html`<tr><td>${"file" in set ? html`<a href="#${anchor}">${title}</a>` : title}</td><td>${STATES[set.status]}${why}</td>
<td class="number">${records}</td></tr>\n`;
};

// A dot, so that no part of the user's own export can have the same name.
const anchorOf = (name: string, set: DataSetExport): string => `${name}.${set.name}`;

async function* listing(
  book: Book,
  userId: string,
  user: string,
  set: Extract<DataSetExport, { file: string }>,
): AsyncGenerator<Html> {
  const name = anchorOf(user, set);
  await using spool = await openSpool(join(book.folder, `.${name}.spool`));
  const title = TITLES[set.name];
  for await (const record of recordsOf(join(book.folder, set.file), set.items)) {
    await spool.add(title, "", itemOf(title, record));
  }
  await spool.flush();
  for (const section of spool.sections()) {
    yield html`<div id="${name}">\n`;
    yield* sectionOf({ book, spool, section, userId, name });
    yield html`</div>\n`;
  }
}

/** The records of a set: the items of one field, or whole objects, whose lists are records of their own. */
async function* recordsOf(path: string, items: string | null): AsyncGenerator<unknown> {
  let fields: Record<string, unknown> = {};
  for await (const entry of readEntries(path)) {
    if (entry.kind === "item" && (items === null || entry.name === items)) yield entry.value;
    if (items !== null) continue;
    // A list that is a field is an empty one.
    if (entry.kind === "field" && !Array.isArray(entry.value)) fields[entry.name] = entry.value;
    if (entry.kind !== "end") continue;
    if (Object.keys(fields).length > 0) yield fields;
    fields = {};
  }
}

import { type Html, html } from "../../html.ts";
import type { Manifest, UserExport } from "../manifest.ts";
import { timeOf } from "./value.ts";

/** The head of the overview: what was asked for, what is in the package and what is not. */
export const coverOf = (manifest: Manifest): Html => html`<h1>Personal data export</h1>
<p class="soft">What the chat provider Stream holds of the users below, as it was on the day of the export.</p>
<dl><dt>Request</dt><dd><bdi>${manifest.requestId}</bdi></dd>
<dt>Exported</dt><dd>${timeOf("created_at", manifest.createdAt)}</dd>
<dt>Stream app</dt><dd>${manifest.connection}</dd></dl>
<h2>What is in this package</h2>
${summary(manifest)}
<table><tr><th>User</th><th>Export</th>${COUNTED.map((name) => html`<th class="number">${name}</th>`)}<th class="number">other records</th></tr>
${manifest.users.map((user, index) => row(user, `user-${String(index + 1)}`))}</table>
<p>Not covered, because Stream gives it in no export:</p>
<ul>${manifest.notCovered.map((what) => html`<li>${what}</li>`)}</ul>
${files(manifest.users)}
`;

const COUNTED = ["messages", "reactions"];

const summary = ({ complete }: Manifest): Html =>
  complete
    ? html`<p class="state complete">Complete: of every user found, all that Stream gives and this connection covers.</p>`
    : html`<p class="state">Not complete: the table says of whom, and the user's own part why.</p>`;

const row = (user: UserExport, anchor: string): Html => {
  const counts = "counts" in user ? user.counts : {};
  return html`<tr><td><a href="#${anchor}"><bdi>${user.userId}</bdi></a></td><td>${STATES[user.status]}</td>
${COUNTED.map((name) => html`<td class="number">${counts[name] ?? "–"}</td>`)}<td class="number">${otherRecords(user)}</td></tr>\n`;
};

const otherRecords = (user: UserExport): number | string => {
  if (user.status === "absent") return "–";
  return user.dataSets.reduce((sum, set) => sum + ("records" in set ? set.records : 0), 0);
};

const STATES = {
  complete: "complete",
  truncated: "truncated",
  too_large: "not exported",
  absent: "absent",
} as const satisfies Record<UserExport["status"], string>;

const files = (users: readonly UserExport[]): Html => html`<h3>The complete data</h3>
<p>These pages are for reading: in the details of messages, reactions and other records, fields that are empty, zero or <code>false</code>
are left out, and so is the HTML form of a message's text. The complete data is in the JSON files beside this page,
exactly as Stream sent it. Hover over a time to see the value as it stands there.</p>
<details><summary>The files, their sizes and checksums</summary>
<table><tr><th>File</th><th class="number">Bytes</th><th>SHA-256</th></tr>
${users.flatMap(filesOf).map(fileRow)}</table></details>`;

type Written = { file: string; bytes: number; sha256: string };

const filesOf = (user: UserExport): Written[] => {
  if (user.status === "absent") return [];
  return [user, ...user.dataSets].flatMap((part) => ("file" in part ? [part] : []));
};

const fileRow = ({ file, bytes, sha256 }: Written): Html =>
  html`<tr><td><a href="${file}">${file}</a></td><td class="number">${bytes}</td><td><code>${sha256}</code></td></tr>\n`;

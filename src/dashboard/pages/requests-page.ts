import { type Html, html } from "../../html.ts";
import { type HeldView, MOST_LISTED } from "../../requests/lists.ts";
import { SEVERAL_MATCHES } from "../../requests/record.ts";
import type { RequestView } from "../../requests/view.ts";
import { deadlineBadge, stateBadge } from "./badge.ts";
import { decisionLinks } from "./decision-links.ts";
import { fact } from "./fact.ts";
import type { Page } from "./page.ts";
import { momentOf, timeOf } from "./time.ts";

type Lists = { held: readonly HeldView[]; due: readonly RequestView[] };

/** The page of what an operator must know: who waits for them, and what is late. @param now ms since the epoch. */
export const requestsPage = ({ held, due }: Lists, now: number): Page => ({
  title: "Requests",
  body: html`<h1>Requests</h1>
<p class="soft">As of ${timeOf(new Date(now).toISOString())}. Reload the page for the present state.</p>
<section aria-labelledby="waiting"><h2 id="waiting">Waiting for you</h2>
${held.length === 0 ? html`<p class="panel">No request waits for a human.</p>` : waiting(held, now)}</section>
<section aria-labelledby="due"><h2 id="due">Overdue, or due within a week</h2>
${due.length === 0 ? html`<p class="panel">No request is overdue or due within a week.</p>` : dueTable(due, now)}</section>
<section aria-labelledby="failed"><h2 id="failed">Failed</h2>
<p>A failed request is not answered. Those with a due date are above; all of them are among the failed jobs
of the queues ${FAILED_JOBS}, where you can retry them.</p></section>`,
});

const FAILED_JOBS = html`<a href="/queue/access?status=failed">access</a>,
<a href="/queue/delete?status=failed">delete</a> and <a href="/queue/task-status?status=failed">task-status</a>`;

const waiting = (held: readonly HeldView[], now: number): Html => {
  const reviews = held.filter(({ state }) => state.reason === SEVERAL_MATCHES);
  const others = held.filter(({ state }) => state.reason !== SEVERAL_MATCHES);
  const groups = Map.groupBy(others, ({ connection, state }) =>
    JSON.stringify([connection, state.reason, state.message]),
  );
  return html`${reviews.map((view) => review(view, now))}
${[...groups.values()].map(group)}${shortened(held)}`;
};

const review = (view: HeldView, now: number): Html => {
  const { requestId, connection, deadline, dueAt, since, state, users } = view;
  return html`<article aria-labelledby="request-${requestId}">
<div class="line apart"><h3 id="request-${requestId}">${linkTo(requestId)}</h3>${deadlineBadge(deadline)}</div>
<p>${state.message}</p>
<dl>${fact("Users found", users ?? "–")}${fact("Connection", connection ?? "–")}${fact("Waits since", momentOf(since, now))}
${fact("Due", dueAt === null ? "no due date" : momentOf(dueAt, now))}</dl>
${decisionLinks(requestId, ["approve", "refuse"])}
</article>
`;
};

/** Requests that are held for the same cause, which is mended once for all of them. */
const group = (views: readonly HeldView[]): Html => {
  const [first] = views;
  if (!first) return html``;
  const { connection, state, since } = first;
  const many = views.length === 1 ? "1 request" : html`${views.length} requests`;
  return html`<article>
<div class="line apart"><h3>Connection ${connection ?? "–"}</h3>${stateBadge(state)}</div>
<p>${state.message}</p>
<details><summary>${many}, the first since ${timeOf(since)}</summary>
<ul>${views.map(({ requestId }) => html`<li>${linkTo(requestId)}</li>\n`)}</ul></details>
</article>
`;
};

const dueTable = (
  due: readonly RequestView[],
  now: number,
): Html => html`<div class="panel scroll" role="region" aria-labelledby="due" tabindex="0"><table>
<thead><tr><th scope="col">Request</th><th scope="col">Due</th><th scope="col">Deadline</th><th scope="col">State</th>
<th scope="col">Type</th><th scope="col">Connection</th></tr></thead>
<tbody>${due.map((view) => dueRow(view, now))}</tbody>
</table></div>${shortened(due)}`;

const dueRow = (view: RequestView, now: number): Html => {
  const { requestId, dueAt, deadline, state, type, connection } = view;
  return html`<tr><th scope="row">${linkTo(requestId)}</th><td>${dueAt === null ? "–" : momentOf(dueAt, now)}</td>
<td>${deadlineBadge(deadline)}</td><td>${stateBadge(state)}</td><td>${type}</td><td>${connection ?? "–"}</td></tr>
`;
};

const linkTo = (requestId: string): Html => html`<a href="/requests/${requestId}">${requestId}</a>`;

const shortened = ({ length }: readonly unknown[]): Html | undefined =>
  length < MOST_LISTED
    ? undefined
    : html`<p class="soft">Only the first ${MOST_LISTED} are listed.</p>`;

import type { Decision } from "../../commands/decide.ts";
import { type Html, html } from "../../html.ts";
import { isFinal, type State } from "../../requests/record.ts";
import type { RequestView } from "../../requests/view.ts";
import type { JobOfRequest } from "../jobs.ts";
import { deadlineBadge, stateBadge } from "./badge.ts";
import { decisionLinks } from "./decision-links.ts";
import { fact } from "./fact.ts";
import { findingsOf } from "./findings.ts";
import type { Page } from "./page.ts";
import { momentOf, timeOf } from "./time.ts";

type Parts = {
  decisions: readonly Decision[];
  jobs: readonly JobOfRequest[];
  /** Why a decision was not taken. */
  problem?: string | undefined;
  /** Ms since the epoch. */
  now: number;
};

/** The page of one request: all that is known of it, and what can be done about it now. */
export const requestPage = (view: RequestView, { problem, now, ...parts }: Parts): Page => {
  const { requestId, state, deadline } = view;
  const findings = [...findingsOf(view), ...limitsOf(view)];
  return {
    title: `Request ${requestId}`,
    body: html`${problem && html`<p class="alert bad" role="alert">${problem}</p>`}
<h1>${requestId}</h1>
<p class="line">${stateBadge(state)}${deadlineBadge(deadline)}${view.dryRun ? html`<span class="badge">dry run</span>` : undefined}</p>
${explanation(state)}
${parts.decisions.length > 0 ? decisionLinks(requestId, parts.decisions) : undefined}
<section aria-labelledby="facts"><h2 id="facts">The request</h2><div class="panel">${facts(view, now)}</div></section>
${section("steps", "Steps", view.steps.length > 0 && stepTable(view.steps))}
${section("history", "History", view.history.length > 0 && timeline(view.history))}
${section("findings", "What was found", findings.length > 0 && html`${findings}`)}
${section("jobs", "Jobs", parts.jobs.length > 0 && jobList(parts.jobs, state))}`,
  };
};

const explanation = (state: State): Html | undefined => {
  const sentence =
    "message" in state ? state.message : "detail" in state ? state.detail : undefined;
  return sentence ? html`<p>${sentence}</p>` : undefined;
};

const facts = ({ type, connection, users, dueAt, tasks }: RequestView, now: number): Html =>
  html`<dl>${fact("Type", type)}${fact("Connection", connection ?? "not valid")}${fact("Users found", users ?? "not known")}
${fact("Due", dueAt === null ? "no due date" : momentOf(dueAt, now))}
${fact("Stream tasks", tasks.length === 0 ? "none" : tasks.map((task) => html`<code>${task}</code> `))}</dl>`;

const section = (id: string, title: string, body: Html | false): Html | undefined =>
  body
    ? html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2><div class="panel">${body}</div></section>\n`
    : undefined;

const limitsOf = ({ inventory }: RequestView): Html[] => [
  ...kinds("There are at least so many, because Stream gives no more:", inventory?.atLeast),
  ...kinds("Not counted, because Stream would not give:", inventory?.notRead),
];

const kinds = (sentence: string, names: readonly string[] = []): Html[] =>
  names.length === 0 ? [] : [html`<p>${sentence} ${names.join(", ")}</p>\n`];

const stepTable = (steps: RequestView["steps"]): Html =>
  html`<table><tr><th scope="col">Step</th><th scope="col">State</th><th scope="col" class="number">Things</th></tr>
${steps.map(
  ({
    name,
    state,
    count,
  }) => html`<tr><td>${name.replaceAll("_", " ")}</td><td>${state}</td><td class="number">${count}</td></tr>
`,
)}</table>`;

const timeline = (history: RequestView["history"]): Html =>
  html`<ol class="timeline">${history.map(({ at, state }) => html`<li>${timeOf(at)}${state}</li>\n`)}</ol>`;

const jobList = (jobs: readonly JobOfRequest[], state: State): Html => {
  const rows = jobs.map(
    ({ queue, id, state: jobState }) =>
      html`<li><a href="/queue/${queue}/${id}">${queue}: ${id}</a> <span class="soft">${jobState}</span></li>\n`,
  );
  const canRetry = state.status === "failed" && !isFinal(state);
  return html`${canRetry ? html`<p>When the cause is mended, retry the failed job.</p>` : undefined}<ul>${rows}</ul>`;
};

import type { Decision } from "../../commands/decide.ts";
import { type Html, html } from "../../html.ts";

const VERBS = { approve: "Approve", refuse: "Refuse", cancel: "Cancel" } as const satisfies Record<
  Decision,
  string
>;

/** Links to where decisions are confirmed, named so that they can be told apart out of their place. */
export const decisionLinks = (requestId: string, decisions: readonly Decision[]): Html => {
  const links = decisions.map(
    (decision) =>
      html`<a class="button" href="/requests/${requestId}/${decision}" aria-label="${VERBS[decision]} request ${requestId}">${VERBS[decision]}…</a>\n`,
  );
  return html`<div class="actions">${links}</div>`;
};

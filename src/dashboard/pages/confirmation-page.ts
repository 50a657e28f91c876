import type { Decision } from "../../commands/decide.ts";
import { type Html, html } from "../../html.ts";
import type { RequestView } from "../../requests/view.ts";
import type { Page } from "./page.ts";

/** The page that says what a decision does before it is taken. */
export const confirmationPage = (decision: Decision, view: RequestView): Page => {
  const { requestId } = view;
  const { title, consequences, button } = CONFIRMATIONS[decision](view);
  return {
    title: `${title} ${requestId}`,
    body: html`<h1>${title} ${requestId}?</h1>
<div class="panel"><ul>${consequences.map((sentence) => html`<li>${sentence}</li>\n`)}</ul>
<div class="actions"><form method="post" action="/requests/${requestId}/${decision}">${button}</form>
<a class="button" href="/requests/${requestId}">Back, and change nothing</a></div></div>`,
  };
};

type Confirmation = { title: string; consequences: readonly string[]; button: Html };

const approve = ({ users, connection }: RequestView): Confirmation => {
  const whom = users === null ? "all users that were found" : `${users.toLocaleString("en")} users`;
  return {
    title: "Approve request",
    consequences: [
      `Deletes ${whom} at Stream: exactly those whom the look-up found, and of each all that connection ${connection} is configured to delete.`,
      "A deletion that has been submitted to Stream cannot be undone. If the connection has a grace period, you can cancel until that is over.",
    ],
    button: html`<button class="grave">Delete ${whom}</button>`,
  };
};

const refuse = (): Confirmation => ({
  title: "Refuse request",
  consequences: ["Deletes nobody.", endsAs("not_approved")],
  button: html`<button>Refuse, and delete nobody</button>`,
});

const cancel = (): Confirmation => ({
  title: "Cancel request",
  consequences: ["Deletes nobody.", endsAs("cancelled")],
  button: html`<button>Cancel the request, and delete nobody</button>`,
});

const endsAs = (reason: string): string =>
  `Ends the request for good, as failed/${reason}: its personal data is removed here, and no retry begins it again.`;

const CONFIRMATIONS: Record<Decision, (view: RequestView) => Confirmation> = {
  approve,
  refuse,
  cancel,
};

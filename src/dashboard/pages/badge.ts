import { type Html, html } from "../../html.ts";
import type { Deadline } from "../../requests/deadline.ts";
import { label, type State } from "../../requests/record.ts";

const COLORS = {
  pending: "",
  in_progress: "",
  action_required: "warn",
  completed: "good",
  failed: "bad",
} as const satisfies Record<State["status"], string>;

/** Where a request stands, in the words that the API uses. */
export const stateBadge = (state: State): Html =>
  html`<span class="badge ${COLORS[state.status]}">${label(state)}</span>`;

const DEADLINES = {
  none: undefined,
  on_track: ["on track", ""],
  due_soon: ["due soon", "warn"],
  overdue: ["overdue", "bad"],
  met: ["deadline met", "good"],
  breached: ["deadline breached", "bad"],
} as const satisfies Record<Deadline, unknown>;

/** How a request stands against its due date; nothing without one. */
export const deadlineBadge = (deadline: Deadline): Html | undefined => {
  const [words, color] = DEADLINES[deadline] ?? [];
  return words && html`<span class="badge ${color}">${words}</span>`;
};

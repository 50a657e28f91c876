import type { RequestId } from "../identifiers.ts";
import { lookUpRequest, type Sources } from "./look-up.ts";
import { isFinal, type State } from "./record.ts";
import { type RequestView, viewOf } from "./view.ts";

type Held = Extract<State, { status: "action_required" }>;

/** A request that waits for a human, and since when (RFC 3339). */
export type HeldView = RequestView & { state: Held; since: string };

/** How many requests a list has at most. */
export const MOST_LISTED = 1000;

/**
 * Lists the requests that a worker has seen, are not completed, and are due before a time, the oldest first.
 * @param before, now ms since the epoch.
 */
export const listDue = async (
  sources: Sources,
  before: number,
  now: number,
): Promise<RequestView[]> => {
  const { requests } = sources;
  const ids = await requests.dueBefore(before, MOST_LISTED);
  const views = await Promise.all(ids.map((id) => lookUpRequest(id, sources, now)));
  const longDue = new Set(await requests.dueBefore(now - LONG_MS, MOST_LISTED));
  const isOver = (id: RequestId, view: RequestView | undefined) =>
    view ? isFinal(view.state) : longDue.has(id);
  await requests.forgetDue(ids.filter((id, n) => isOver(id, views[n])));
  return views.flatMap((view) => (view && !isFinal(view.state) ? [view] : []));
};

// A request in line whose job has another id cannot be found here; none stays there for so long.
const LONG_MS = 30 * 86_400_000;

/** Lists the requests that wait for a human, the longest first. @param now ms since the epoch. */
export const listActionRequired = async (
  { requests }: Pick<Sources, "requests">,
  now: number,
): Promise<HeldView[]> => {
  const ids = await requests.actionRequired(MOST_LISTED);
  const dossiers = await Promise.all(ids.map((id) => requests.read(id)));
  return dossiers.flatMap((dossier) => (dossier ? heldViewOf(viewOf(dossier, now)) : []));
};

// Since it was listed, another may have decided.
const heldViewOf = (view: RequestView): HeldView[] => {
  const { state, history } = view;
  if (state.status !== "action_required") return [];
  return [{ ...view, state, since: history.at(-1)?.at ?? "" }];
};

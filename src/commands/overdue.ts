import type { Base } from "../base.ts";
import { listDue } from "../requests/lists.ts";

const SOON_MS = 7 * 86_400_000;

/** `overdue`: lists the requests that are not answered and are overdue or due within a week, the oldest first. */
export const overdue = async (base: Base, print: (line: string) => void): Promise<void> => {
  const views = await listDue(base, base.now() + SOON_MS, base.now());
  for (const { requestId, type, connection, dueAt, deadline, state } of views) {
    print(`${deadline.padEnd(8)}  ${dueAt}  ${requestId}  ${type}  ${connection}  ${state.status}`);
  }
  if (views.length === 0) print("No request is overdue or due within a week.");
};

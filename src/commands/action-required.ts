import type { Base } from "../base.ts";
import { listActionRequired } from "../requests/lists.ts";

/** `action-required`: lists the requests that wait for a human and why, the longest first. */
export const actionRequired = async (
  base: Pick<Base, "requests" | "now">,
  print: (line: string) => void,
): Promise<void> => {
  const views = await listActionRequired(base, base.now());
  for (const { since, requestId, type, connection, state } of views) {
    print(`${since}  ${requestId}  ${type}  ${connection}  ${state.reason}: ${state.message}`);
  }
  if (views.length === 0) print("No request waits for a human.");
};

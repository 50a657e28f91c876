import type { State } from "../../src/requests/record.ts";
import { ANN, type Board } from "./fixture.ts";

const BROWSER = { Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };
/** Where Ann's request is. */
export const path = `/requests/${ANN.requestId}`;
/** Opens a page as a browser does, and follows nothing. */
export const open = (board: Board, url: string) =>
  board.call(url, { headers: BROWSER, followRedirect: false });
/** Submits a form without fields as a browser does, and follows nothing. */
export const submit = (board: Board, url: string, headers: Record<string, string> = {}) =>
  board.call(url, { method: "POST", headers: { ...BROWSER, ...headers }, followRedirect: false });
/** The state of a request that waits for a human. */
export const held = (reason: string, message = "Mend it"): State => ({
  status: "action_required",
  reason,
  message,
});

import { setTimeout as sleep } from "node:timers/promises";
import type { Base } from "../src/base.ts";
import { RequestId } from "../src/identifiers.ts";
import { lookUpRequest } from "../src/requests/look-up.ts";
import { isTerminal, label, type State } from "../src/requests/record.ts";
import { DESCRIPTIONS } from "./requests.ts";

/** Prints every transition of the demo's requests until all are settled (or, if told so, until stopped). */
export const showProgress = async (
  base: Base,
  print: (line: string) => void,
  until: { settled: boolean; stopped: AbortSignal },
): Promise<ReadonlyMap<string, State>> => {
  const started = Date.now();
  const states = new Map<string, State>();
  while (!until.stopped.aborted) {
    for (const id of DESCRIPTIONS.keys()) {
      const state = (await lookUpRequest(RequestId.parse(id), base))?.state;
      const before = states.get(id);
      if (!state || (before && label(before) === label(state))) continue;
      states.set(id, state);
      const seconds = ((Date.now() - started) / 1000).toFixed(1).padStart(5);
      print(`${seconds}s  ${id.padEnd(18)} ${label(state)}`);
    }
    if (until.settled && isSettled(states)) return states;
    await sleep(100, undefined, { signal: until.stopped }).catch(() => {});
  }
  return states;
};

const isSettled = (states: ReadonlyMap<string, State>): boolean =>
  [...DESCRIPTIONS.keys()].every((id) => {
    const state = states.get(id);
    return state !== undefined && isTerminal(state);
  });

/** The table of outcomes, one row a request. */
export const outcomes = (states: ReadonlyMap<string, State>): string[] =>
  [...DESCRIPTIONS].map(([id, what]) => {
    const state = states.get(id);
    return `${id.padEnd(18)} ${what.padEnd(50)} ${state ? label(state) : "unknown"}`;
  });

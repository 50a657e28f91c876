import { type Html, html } from "../../html.ts";

/** A time to the minute in UTC; the title has it whole. @param at RFC 3339. */
export const timeOf = (at: string): Html => {
  const exact = new Date(at).toISOString();
  const [day, clock] = [exact.slice(0, 10), exact.slice(11, 16)];
  return html`<time datetime="${exact}" title="${at}">${day} ${clock} UTC</time>`;
};

/** The same, with how far it is from now: `in 3 days`, `2 hours ago`. @param now ms since the epoch. */
export const momentOf = (at: string, now: number): Html =>
  html`${timeOf(at)} <span class="soft">${distanceOf(at, now)}</span>`;

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;
const WORDS = new Intl.RelativeTimeFormat("en", { numeric: "always" });

const distanceOf = (at: string, now: number): string => {
  const distance = Date.parse(at) - now;
  const [unit, size] = UNITS.find(([, ms]) => Math.abs(distance) >= ms) ?? ["minute", 60_000];
  return WORDS.format(Math.trunc(distance / size) || 0, unit);
};

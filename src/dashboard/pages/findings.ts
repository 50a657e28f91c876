import { z } from "zod";
import { type Html, html } from "../../html.ts";
import { fact } from "./fact.ts";

const Fields = z.record(z.string(), z.unknown());
/** What would mislead an operator under the name of its field. */
const WORDS = new Map([
  ["alsoOthers", "also taken from other people:"],
  ["remains", "stays:"],
]);
const OWN_PLACE = new Set(["state", "history", "tasks", "users", "steps"]);

/**
 * Every count in a view that has no place of its own on the page, under the name of its field. Only numbers are
 * shown, so that a new field cannot bring anything else to light.
 */
export const findingsOf = (view: object): Html[] =>
  Object.entries(view).flatMap(([field, value]) => {
    const counts = OWN_PLACE.has(field) ? [] : countsIn(value);
    if (counts.length === 0) return [];
    const rows = counts.map(([name, count]) => fact(name, count));
    return [html`<h3>${capitalized(wordsOf(field))}</h3>\n<dl>${rows}</dl>\n`];
  });

const countsIn = (value: unknown, path: readonly string[] = []): [string, number][] => {
  if (typeof value === "number") return [[path.join(" "), value]];
  return Object.entries(Fields.safeParse(value).data ?? {}).flatMap(([name, inner]) =>
    countsIn(inner, name === "counts" ? path : [...path, wordsOf(name)]),
  );
};

const wordsOf = (name: string): string =>
  WORDS.get(name) ??
  name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll("_", " ");

const capitalized = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

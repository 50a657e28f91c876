import { type Html, html } from "../../html.ts";

type Fields = Record<string, unknown>;

/** A JSON object, as opposed to a list or null. */
export const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a value is one that says nothing: null, false, 0, or empty. */
export const isEmpty = (value: unknown): boolean =>
  !value || (typeof value === "object" && Object.keys(value).length === 0);

/** Every field of an object, nested ones too. */
export const fieldList = (fields: Fields, depth = 0): Html =>
  html`<dl>${Object.entries(fields).map(
    ([name, value]) => html`<dt><bdi>${name}</bdi></dt><dd>${anyValue(name, value, depth)}</dd>`,
  )}</dl>`;

/** Data deeper than this could exhaust the stack; no person reads it either. */
const DEEPEST = 20;

const anyValue = (name: string, value: unknown, depth: number): Html => {
  if (depth > DEEPEST) return html`<i>nested too deeply for this page; see the JSON</i>`;
  if (Array.isArray(value)) {
    if (value.length === 0) return html`<i>none</i>`;
    const items = value.map((item) => html`<li>${anyValue(name, item, depth + 1)}</li>`);
    return html`<ul>${items}</ul>`;
  }
  if (isObject(value)) return isEmpty(value) ? html`<i>none</i>` : fieldList(value, depth + 1);
  return scalar(name, value);
};

const scalar = (name: string, value: unknown): Html => {
  if (value === null || value === undefined) return html`<i>not set</i>`;
  if (value === "") return html`<i>empty</i>`;
  if (typeof value === "boolean") return html`${value ? "yes" : "no"}`;
  const text = String(value);
  return timeOf(name, text) ?? linkOf(text) ?? html`<bdi>${text}</bdi>`;
};

const TIME_NAME = /(_at|_active|_expires|_before|_until)$/;
const NANOSECONDS = /^(\d{9,10})(\d{9})$/;
const RFC_3339 = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/;

/** A time in UTC with every digit, or undefined when the field holds none. The title is the original. */
export const timeOf = (name: string, value: unknown): Html | undefined => {
  if (!TIME_NAME.test(name)) return undefined;
  const original = String(value);
  const exact = rfc3339(original);
  const [, day, clock, fraction = ""] = RFC_3339.exec(exact) ?? [];
  if (!day || !clock) return undefined;
  const shown = html`${day} ${clock}<small>${fraction.replace(/0+$/, "").replace(/^\.$/, "")}</small>Z`;
  return html`<time datetime="${exact}" title="${original}">${shown}</time>`;
};

const rfc3339 = (value: string): string => {
  const [, seconds, fraction] = NANOSECONDS.exec(value) ?? [];
  if (!seconds) return value;
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
};

const linkOf = (text: string): Html | undefined =>
  /^https?:\/\/\S+$/i.test(text) && URL.canParse(text)
    ? html`<a href="${text}" rel="noreferrer"><bdi>${text}</bdi></a>`
    : undefined;

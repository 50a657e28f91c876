import { type Html, html } from "../../html.ts";
import { fieldList, isEmpty, isObject, timeOf } from "./value.ts";

type Fields = Record<string, unknown>;

/** The heading under which an item is listed: the channel of a message. */
export const groupOf = (section: string, item: unknown): string => {
  if (section !== "messages") return "";
  return isObject(item) && typeof item.cid === "string" ? item.cid : "(no channel given)";
};

/** One item of a list: a message with its text, a reaction, or anything else by its fields. */
export const itemOf = (section: string, item: unknown): Html => {
  if (!isObject(item)) return html`<article>${fieldList({ value: item })}</article>\n`;
  if (section === "messages") return messageOf(item);
  if (section === "reactions") return reactionOf(item);
  return recordOf(item);
};

/** Any other record: what it says itself, and folded away what it says of other things. */
const recordOf = (record: Fields): Html => {
  const { time, others } = timed(record);
  const telling = Object.entries(others).filter(([, value]) => !isEmpty(value));
  const plain = Object.fromEntries(telling.filter(([, value]) => !isNested(value)));
  const nested = telling.filter(([, value]) => isNested(value));
  return html`<article>${time && html`<header>${time}</header>`}${named(plain)}
${nested.map(([name, value]) => folded(name, value))}</article>\n`;
};

const folded = (name: string, value: unknown): Html => {
  const label = isObject(value) ? LABELS.map((field) => value[field]).find(isText) : undefined;
  const title = html`<bdi>${name}</bdi>${label && html`: <bdi>${label}</bdi>`}`;
  return html`<details><summary>${title}</summary>${fieldList(isObject(value) ? value : { [name]: value })}</details>\n`;
};

/** The fields by which one knows a thing without opening it. */
const LABELS = ["text", "cid", "name", "id"];

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

const isNested = (value: unknown): boolean =>
  isObject(value) || (Array.isArray(value) && value.some(isObject));

const messageOf = (message: Fields): Html => {
  const { cid: _, text, html: markup, attachments, custom, ...rest } = message;
  const said = typeof text === "string" && text !== "";
  const { time, others } = timed(said ? rest : { ...rest, text, html: markup });
  const { type, ...details } = others;
  return html`<article><header>${time}${type === "regular" ? undefined : badge(type)}</header>
${said ? html`<p class="text" dir="auto">${text}</p>\n` : undefined}${named({ attachments, custom })}${more(details)}</article>\n`;
};

const reactionOf = (reaction: Fields): Html => {
  const { custom, ...rest } = reaction;
  const { time, others } = timed(rest);
  const { type, message_id, ...details } = others;
  return html`<article class="row"><b><bdi>${String(type ?? "(no type)")}</bdi></b> ${time}
<span>on message <bdi>${String(message_id ?? "(not given)")}</bdi></span>
${named({ custom })}${more(details)}</article>\n`;
};

/** When an item was made; the field stays with the others when it cannot be read as a time. */
const timed = (fields: Fields): { time?: Html; others: Fields } => {
  const { created_at, ...others } = fields;
  const time = timeOf("created_at", created_at);
  return time ? { time, others } : { others: fields };
};

const badge = (type: unknown): Html | undefined =>
  isEmpty(type) ? undefined : html` <span class="badge"><bdi>${String(type)}</bdi></span>`;

const named = (fields: Fields): Html | undefined => {
  const telling = Object.entries(fields).filter(([, value]) => !isEmpty(value));
  return telling.length === 0 ? undefined : fieldList(Object.fromEntries(telling));
};

const more = (fields: Fields): Html | undefined => {
  const list = named(fields);
  return list && html`<details><summary>Details</summary>${list}</details>`;
};

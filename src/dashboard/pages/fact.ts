import { type Html, html } from "../../html.ts";

/** A term and what it is, for a `dl`. */
export const fact = (term: string, what: Html | string | number | readonly Html[]): Html =>
  html`<div><dt>${term}</dt><dd>${what}</dd></div>\n`;

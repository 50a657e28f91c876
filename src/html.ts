/** Markup that is safe to put into a page: made by `html` only, which escapes whatever is not. */
export type Html = { readonly markup: string };

type Part = Html | string | number | undefined | readonly Html[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A template whose strings are escaped and whose markup is kept. */
export const html = (literals: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  markup: String.raw({ raw: literals }, ...parts.map(markupOf)),
});

const markupOf = (part: Part): string => {
  if (part === undefined) return "";
  if (typeof part === "string") return part.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? "");
  if (typeof part === "number") return part.toLocaleString("en");
  return "markup" in part ? part.markup : part.map(({ markup }) => markup).join("");
};

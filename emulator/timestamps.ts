declare global {
  interface JSON {
    rawJSON(text: string): unknown;
  }
}

/**
 * A time as Stream's v2 sends it: Unix nanoseconds as bare digits, beyond what a JavaScript number holds.
 * The digits below a millisecond are made up, so that a reader who rounds is found out.
 */
export const nanoseconds = (milliseconds: number): unknown => JSON.rawJSON(digits(milliseconds));

/** The same time as Stream writes it into export files. */
export const rfc3339 = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, -1)}${fraction(milliseconds)}Z`;

const digits = (milliseconds: number): string =>
  `${Math.trunc(milliseconds)}${fraction(milliseconds)}`;

const fraction = (milliseconds: number): string =>
  `${String((Math.trunc(milliseconds) * 7_919) % 1_000).padStart(3, "0")}457`;

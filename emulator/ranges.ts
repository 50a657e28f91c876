/** A part of a file, its end excluded. */
export type ByteRange = { from: number; to: number };

/** Reads a `Range` header. @returns undefined for one that is to be ignored, several ranges at once among them. */
export const parseRange = (
  header: string | undefined,
  size: number,
): ByteRange | "unsatisfiable" | undefined => {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (!first && !last) return undefined;
  if (!first) return satisfiable({ from: Math.max(0, size - Number(last)), to: size });
  if (last && Number(last) < Number(first)) return undefined;
  return satisfiable({
    from: Number(first),
    to: last ? Math.min(size, Number(last) + 1) : size,
  });
};

const satisfiable = (range: ByteRange): ByteRange | "unsatisfiable" =>
  range.from < range.to ? range : "unsatisfiable";

/** Cuts a part out of a body, between characters or within one. */
export function* slice(chunks: Iterable<Buffer>, { from, to }: ByteRange): Generator<Buffer> {
  let position = 0;
  for (const chunk of chunks) {
    const end = position + chunk.length;
    if (end > from) yield chunk.subarray(Math.max(0, from - position), to - position);
    position = end;
    if (position >= to) return;
  }
}

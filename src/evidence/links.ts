import type { Inspected } from "./receipt-file.ts";
import { paddedSequence, parseReceiptName } from "./receipt-name.ts";

export type Broken = { file: string; why: string };

/**
 * What is wrong with the chain that receipts form, by what they say themselves; a receipt that is broken in itself
 * breaks no other. The chain may begin anywhere, because old receipts may be archived.
 */
export const brokenLinks = (receipts: readonly Inspected[]): Broken[] => {
  const bySequence = Map.groupBy(
    receipts.filter(({ claims }) => claims),
    ({ claims }) => claims?.sequence ?? 0,
  );
  return [
    ...missing(receipts),
    ...[...bySequence].flatMap(([sequence, rivals]) =>
      outsiders(rivals, bySequence.get(sequence + 1) ?? []),
    ),
  ];
};

const missing = (receipts: readonly Inspected[]): Broken[] => {
  const present = [...new Set(receipts.flatMap(sequencesOf))].sort((a, b) => a - b);
  return present.flatMap((sequence, n) => {
    const before = present[n - 1] ?? sequence - 1;
    if (sequence === before + 1) return [];
    const [first, last] = [before + 1, sequence - 1];
    const count = first === last ? "" : ` to ${paddedSequence(last)}`;
    const file = `${paddedSequence(first)}${count}`;
    return [{ file, why: `was deleted: the receipts go from ${before} to ${sequence}` }];
  });
};

// A file with another's content takes both places: its own is not empty, only wrong.
const sequencesOf = ({ file, claims }: Inspected): number[] =>
  [parseReceiptName(file)?.sequence, claims?.sequence].filter((sequence) => sequence !== undefined);

const outsiders = (rivals: readonly Inspected[], next: readonly Inspected[]): Broken[] => {
  const named = new Set(next.map(({ claims }) => claims?.previous));
  const isOutside = ({ hash, why }: Inspected) =>
    !why && (next.length > 0 ? !named.has(hash) : rivals.length > 1);
  return rivals.filter(isOutside).map(({ file }) => ({
    file,
    why:
      next.length > 0
        ? `was replaced: receipt ${next.map((each) => each.file).join(", ")} follows another one`
        : `claims a sequence that ${rivals.length} receipts have`,
  }));
};

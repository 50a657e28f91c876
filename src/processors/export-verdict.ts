import type { DataSetExport, UserExport } from "../results/manifest.ts";
import { TOO_LARGE, TRUNCATED } from "./collect-user.ts";
import type { Verdict } from "./verdict.ts";

/**
 * What a package amounts to: whoever reads only the outcome must learn that something is missing. Data sets that the connection
 * is set to leave out are its owner's decision and missing to nobody.
 */
export const exportVerdict = (exports: readonly UserExport[], reference: string): Verdict => {
  const sets = exports.flatMap((user) => (user.status === "absent" ? [] : user.dataSets));
  const isLarge = exports.some(({ status }) => status === "too_large");
  const isCut = exports.some(({ status }) => status === "truncated");
  const refused = namesOf(sets, "not_covered");
  const cut = namesOf(sets, "truncated");
  const detail = [
    ...(isLarge ? [TOO_LARGE] : []),
    ...(refused ? [`Stream does not give: ${refused}`] : []),
    ...(isCut ? [TRUNCATED] : []),
    ...(cut ? [`Stream gives only a part of: ${cut}`] : []),
  ].join(". ");
  const partial = isLarge || refused !== "";
  const outcome = partial ? "partially_exported" : detail ? "exported_truncated" : "exported";
  const users = exports.filter(({ status }) => status !== "absent").length;
  return { kind: "completed", outcome, users, ...(detail && { detail }), reference };
};

const namesOf = (sets: readonly DataSetExport[], status: DataSetExport["status"]): string =>
  [...new Set(sets.filter((set) => set.status === status).map(({ name }) => name))].join(", ");

import { type Verification, verifyReceipts } from "../evidence/verify.ts";

/**
 * `verify`: checks a receipt or a folder of receipts, one line for each that is broken and a last one with the result.
 * @returns whether there are receipts and all of them are sound. @throws Error when the path cannot be read.
 */
export const verify = async (path: string, print: (line: string) => void): Promise<boolean> => {
  const verification = await verifyReceipts(path);
  for (const { file, why } of verification.broken) print(`broken  ${file}: ${why}`);
  const ok = verification.checked > 0 && verification.broken.length === 0;
  print(`${ok ? "ok      " : "failed  "}${describe(path, verification)}`);
  return ok;
};

const describe = (path: string, verification: Verification): string => {
  const { checked, broken, range, chain, kids } = verification;
  if (checked === 0) return `there are no receipts in ${path}`;
  const found = broken.length === 0 ? "all sound" : `${broken.length} broken`;
  const parts = [`${checked} receipts checked, ${found}`];
  if (range && chain) parts.push(`sequence ${range.first} to ${range.last}`);
  if (range && chain && range.first > 1) parts.push(`those before ${range.first} are not here`);
  if (!chain) parts.push("its place in the chain shows only in a folder");
  if (kids.length > 0) parts.push(`signed by ${kids.join(", ")}`);
  return parts.join("; ");
};

import type { z } from "zod";

export type Variables = Readonly<Record<string, string | undefined>>;
export type ReadFile = (path: string) => string;

/**
 * A secret from the variable `name`, or from the file that `name_FILE` names.
 * The one line break that ends most files is not part of it; anything else is kept, for `check` to complain of.
 */
export const readSecret = (
  variables: Variables,
  name: string,
  readFile: ReadFile,
  problems: string[],
): string | undefined => {
  const path = variables[`${name}_FILE`];
  if (path === undefined) return variables[name];
  if (variables[name] !== undefined) problems.push(`${name} and ${name}_FILE: set only one`);
  try {
    return readFile(path).replace(/\r?\n$/, "");
  } catch {
    problems.push(`${name}_FILE: ${path} cannot be read`);
    return undefined;
  }
};

/** One line for each problem, the field named by `name`; values are never repeated. */
export const within = (
  name: (path: readonly PropertyKey[]) => string,
  error: z.ZodError,
): string[] =>
  error.issues.map((issue) => {
    const extra =
      issue.code === "unrecognized_keys" ? `remove ${issue.keys.join(", ")}` : undefined;
    return `${name(issue.path)}: ${extra ?? issue.message}`;
  });

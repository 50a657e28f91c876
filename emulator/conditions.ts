import type { RecordFields } from "./data-sets.ts";
import { invalidInput } from "./errors.ts";
import { operatorsIn } from "./filter.ts";

/** What a filter asks for, field by field. */
export type Conditions = ReadonlyMap<string, readonly string[]>;

/** Reads a filter of equalities. @throws ApiError 400 for fields and operators other than these. */
export const conditionsOf = (
  filter: Readonly<Record<string, unknown>>,
  allowed: readonly string[],
): Conditions =>
  new Map(
    Object.entries(filter).map(([field, operand]) => {
      if (!allowed.includes(field)) throw invalidInput(`search is not enabled for field ${field}`);
      return [field, valuesIn(field, operand)];
    }),
  );

const valuesIn = (field: string, operand: unknown): string[] => {
  const [[operator, value] = [], ...others] = operatorsIn(operand);
  if (others.length === 0 && operator === "$eq") return [String(value)];
  if (others.length === 0 && operator === "$in" && Array.isArray(value)) return value.map(String);
  throw invalidInput(`operator ${operator} is not supported for field ${field}`);
};

export const meets = (fields: RecordFields, conditions: Conditions): boolean =>
  conditions.entries().every(([field, values]) => values.includes(String(fields[field])));

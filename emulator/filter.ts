import { invalidInput } from "./errors.ts";
import type { AppSettings } from "./settings.ts";
import { emailOf, type StoredUser } from "./users.ts";

export type Predicate = (user: StoredUser) => boolean;

/** Compiles QueryUsers' `filter_conditions`. @throws ApiError 400 for fields and operators that Stream does not search. */
export const compileFilter = (filter: unknown, settings: AppSettings): Predicate => {
  const all = conditionsIn(filter).map(([key, operand]) =>
    compileCondition(key, operand, settings),
  );
  return (user) => all.every((matches) => matches(user));
};

const compileCondition = (key: string, operand: unknown, settings: AppSettings): Predicate => {
  if (key === "$and" || key === "$or") {
    if (!Array.isArray(operand)) throw invalidInput(`${key} must be an array`);
    const parts = operand.map((part) => compileFilter(part, settings));
    return key === "$and"
      ? (user) => parts.every((matches) => matches(user))
      : (user) => parts.some((matches) => matches(user));
  }
  const { operators, read } = fieldNamed(key, settings);
  const tests = operatorsIn(operand).map(([operator, value]) => {
    if (!operators.includes(operator)) {
      throw invalidInput(`operator ${operator} is not supported for field ${key}`);
    }
    return TESTS[operator]?.(value, operator) ?? never;
  });
  return (user) => tests.every((passes) => passes(read(user)));
};

export const conditionsIn = (filter: unknown): [string, unknown][] => {
  if (filter === null || typeof filter !== "object" || Array.isArray(filter)) {
    throw invalidInput("filter_conditions must be an object");
  }
  return Object.entries(filter);
};

/** `{ id: "ann" }` is short for `{ id: { $eq: "ann" } }`. */
export const operatorsIn = (operand: unknown): [string, unknown][] =>
  operand !== null && typeof operand === "object" && !Array.isArray(operand)
    ? Object.entries(operand)
    : [["$eq", operand]];

const EQUALITY = ["$eq", "$in"];
const ORDER = ["$gt", "$gte", "$lt", "$lte"];
const ID = ["$eq", "$ne", "$in", "$nin", ...ORDER, "$exists", "$autocomplete"];
const TIME = ["$eq", ...ORDER, "$exists"];
const CUSTOM = [...EQUALITY, ...ORDER, "$exists", "$contains"];

type Field = { operators: readonly string[]; read: (user: StoredUser) => unknown };

const FIELDS: Readonly<Record<string, Field>> = {
  id: { operators: ID, read: (user) => user.id },
  name: { operators: [...EQUALITY, "$autocomplete"], read: (user) => user.name },
  username: { operators: ["$eq", "$autocomplete"], read: (user) => user.custom.username },
  role: { operators: [...EQUALITY, "$ne", "$nin"], read: (user) => user.role },
  teams: { operators: [...EQUALITY, "$contains"], read: (user) => user.teams },
  banned: { operators: ["$eq"], read: () => false },
  shadow_banned: { operators: ["$eq"], read: () => false },
  bypass_moderation: { operators: ["$eq"], read: () => false },
  language: { operators: EQUALITY, read: () => "" },
  created_at: { operators: TIME, read: (user) => new Date(user.createdAt) },
  updated_at: { operators: TIME, read: (user) => new Date(user.updatedAt) },
  last_active: {
    operators: TIME,
    read: (user) => (user.lastActiveAt ? new Date(user.lastActiveAt) : undefined),
  },
};

const fieldNamed = (key: string, settings: AppSettings): Field => {
  if (key === "email") {
    const matchesCustom = settings.emailFilter === "custom_email";
    return { operators: EQUALITY, read: (user) => (matchesCustom ? emailOf(user) : undefined) };
  }
  const custom = /^custom\.(.+)$/.exec(key)?.[1];
  if (custom) return { operators: CUSTOM, read: (user) => user.custom[custom] };
  const field = FIELDS[key];
  if (!field) throw invalidInput(`search is not enabled for field users.${key}`);
  return field;
};

type Test = (value: unknown, operator: string) => (actual: unknown) => boolean;
const never = () => false;

const equals = (actual: unknown, value: unknown): boolean => {
  if (actual instanceof Date) return actual.getTime() === Date.parse(String(value));
  if (Array.isArray(actual)) return JSON.stringify(actual) === JSON.stringify(value);
  return actual === value;
};

const includesOneOf = (value: unknown) => {
  if (!Array.isArray(value)) throw invalidInput("$in and $nin need an array");
  const values = new Set<unknown>(value);
  return (actual: unknown) =>
    Array.isArray(actual) ? actual.some((each) => values.has(each)) : values.has(actual);
};

const compares: Test = (value, operator) => (actual) => {
  if (actual === undefined) return false;
  const [left, right] =
    actual instanceof Date ? [actual.getTime(), Date.parse(String(value))] : [actual, value];
  const order = compareValues(left, right);
  if (order === undefined) return false;
  if (operator === "$gt") return order > 0;
  if (operator === "$gte") return order >= 0;
  return operator === "$lt" ? order < 0 : order <= 0;
};

/** By code unit, as a database with the C collation does. */
export const compareValues = (left: unknown, right: unknown): number | undefined => {
  if (typeof left === "string" && typeof right === "string") {
    return left < right ? -1 : Number(left > right);
  }
  return typeof left === "number" && typeof right === "number" ? left - right : undefined;
};

const TESTS: Readonly<Record<string, Test>> = {
  $eq: (value) => (actual) => equals(actual, value),
  $ne: (value) => (actual) => !equals(actual, value),
  $in: (value) => includesOneOf(value),
  $nin: (value) => {
    const included = includesOneOf(value);
    return (actual) => !included(actual);
  },
  $gt: compares,
  $gte: compares,
  $lt: compares,
  $lte: compares,
  $exists: (value) => (actual) => (actual !== undefined) === value,
  $autocomplete: (value) => (actual) =>
    typeof actual === "string" && actual.toLowerCase().includes(String(value).toLowerCase()),
  $contains: (value) => (actual) => Array.isArray(actual) && actual.includes(value),
};

import { z } from "zod";
import type { App } from "./app.ts";
import { answer, type Handler, parseInput, payloadIn } from "./call.ts";
import { compareValues, compileFilter, conditionsIn, operatorsIn } from "./filter.ts";
import { WIRE } from "./messages.ts";
import { fullUserView, type StoredUser } from "./users.ts";

const Sort = z.object({
  field: z.enum(["id", "name", "created_at", "updated_at", "last_active"], "is not sortable"),
  direction: z.union([z.literal(1), z.literal(-1)], "must be 1 or -1").default(1),
});

const QueryUsersPayload = z.object({
  filter_conditions: z.record(z.string(), z.unknown(), "is a required field"),
  sort: z.array(Sort).max(5, "must have at most 5 fields").nullish(),
  limit: z.int().min(0, "must be 0 or more").max(100, "must be 100 or less").nullish(),
  offset: z.int().min(0, "must be 0 or more").max(1_000, "must be 1000 or less").nullish(),
  include_deactivated_users: z.boolean().nullish(),
});

/** QueryUsers. */
export const queryUsers: Handler = ({ app, query, record }) => {
  const payload = parseInput(QueryUsersPayload, payloadIn(query));
  record.input = payload;
  const matches = compileFilter(payload.filter_conditions, app.settings);
  const found: StoredUser[] = [];
  for (const user of candidates(payload.filter_conditions, app) ?? app.users.all()) {
    if (user.deletedAt) continue;
    if (user.deactivatedAt && !payload.include_deactivated_users) continue;
    if (matches(user)) found.push(user);
  }
  found.sort(comparator(payload.sort ?? []));
  const offset = payload.offset ?? 0;
  const page = found.slice(offset, offset + (payload.limit || 30));
  for (const { id } of page) app.lingering.shown(id);
  return answer({ users: page.map((user) => fullUserView(user, WIRE)) });
};

/** The users that can match at all, where ids or addresses narrow them down; the filter itself decides. */
const candidates = (filter: unknown, app: App): Set<StoredUser> | undefined => {
  for (const [key, operand] of conditionsIn(filter)) {
    const narrowed = candidatesBy(key, operand, app);
    if (narrowed) return narrowed;
  }
  return undefined;
};

const candidatesBy = (key: string, operand: unknown, app: App): Set<StoredUser> | undefined => {
  if (key === "$and" && Array.isArray(operand)) {
    return operand.map((part) => candidates(part, app)).find((part) => part !== undefined);
  }
  if (key === "$or" && Array.isArray(operand)) {
    const parts = operand.map((part) => candidates(part, app));
    if (parts.includes(undefined)) return undefined;
    return new Set(parts.flatMap((part) => [...(part ?? [])]));
  }
  const lookUp = LOOK_UPS[key];
  const values = lookUp && namedValues(operand);
  return values && new Set(values.flatMap((value) => lookUp(app, value)));
};

const LOOK_UPS: Readonly<Record<string, (app: App, value: string) => StoredUser[]>> = {
  id: ({ users }, id) => [users.get(id)].filter((user) => user !== undefined),
  email: ({ users }, email) => users.withEmail(email),
  "custom.email": ({ users }, email) => users.withEmail(email),
};

const namedValues = (operand: unknown): string[] | undefined => {
  for (const [operator, value] of operatorsIn(operand)) {
    if (operator === "$eq" && typeof value === "string") return [value];
    if (operator === "$in" && Array.isArray(value)) return value.map(String);
  }
  return undefined;
};

const comparator = (sort: readonly z.infer<typeof Sort>[]) => {
  const keys = sort.length > 0 ? sort : [{ field: "created_at", direction: -1 } as const];
  return (left: StoredUser, right: StoredUser): number => {
    for (const { field, direction } of keys) {
      const order = compareValues(SORT_KEYS[field](left), SORT_KEYS[field](right)) ?? 0;
      if (order !== 0) return order * direction;
    }
    return 0;
  };
};

const SORT_KEYS = {
  id: (user) => user.id,
  name: (user) => user.name,
  created_at: (user) => user.createdAt,
  updated_at: (user) => user.updatedAt,
  last_active: (user) => user.lastActiveAt ?? 0,
} as const satisfies Record<string, (user: StoredUser) => string | number>;

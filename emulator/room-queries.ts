import type { App, CallRecord } from "./app.ts";
import { type Conditions, conditionsOf } from "./conditions.ts";
import { invalidInput } from "./errors.ts";
import { conditionsIn } from "./filter.ts";
import { WIRE } from "./messages.ts";
import type { Filter } from "./paging.ts";
import type { Room } from "./rooms.ts";
import { nanoseconds } from "./timestamps.ts";
import { userView } from "./users.ts";

type Wanted = {
  kind: Room["kind"];
  /** The filter's field for who has created the room. */
  creator: string;
  filter: Filter;
};

type Found = Room & { key: string };

/** The rooms that a filter asks for by member, creator or cid, the oldest first. Its key orders a room. */
export const roomsMatching = (app: App, record: CallRecord, wanted: Wanted): Found[] => {
  const alternatives = alternativesIn(wanted);
  record.userIds = [...new Set(alternatives.flatMap((each) => peopleIn(each, wanted)))];
  const found = alternatives.flatMap((conditions) =>
    candidates(app, conditions, wanted).filter((room) => fits(room, conditions, wanted)),
  );
  return [...new Set(found)]
    .map((room) => ({ ...room, key: `${String(room.createdAt).padStart(16, "0")} ${room.cid}` }))
    .sort((left, right) => (left.key < right.key ? -1 : 1));
};

const alternativesIn = ({ filter, creator }: Wanted): Conditions[] => {
  const { $or, ...rest } = filter;
  const allowed = ["members", "cid", creator];
  if ($or === undefined) return [conditionsOf(rest, allowed)];
  if (!Array.isArray($or)) throw invalidInput("$or must be an array");
  return $or.map((part: unknown) =>
    conditionsOf({ ...rest, ...Object.fromEntries(conditionsIn(part)) }, allowed),
  );
};

const peopleIn = (conditions: Conditions, { creator }: Wanted): readonly string[] =>
  conditions.get("members") ?? conditions.get(creator) ?? [];

const candidates = (app: App, conditions: Conditions, wanted: Wanted): Room[] => {
  const cids = conditions.get("cid");
  if (cids) return cids.flatMap((cid) => app.rooms.get(wanted.kind, cid) ?? []);
  const people = peopleIn(conditions, wanted);
  // A server may list every room; nobody has a use for it here.
  if (people.length === 0) throw invalidInput(`name members, cid or ${wanted.creator}`);
  return people.flatMap((id) => app.rooms.of(id));
};

const fits = (room: Room, conditions: Conditions, { kind, creator }: Wanted): boolean =>
  room.kind === kind &&
  !room.deletedAt &&
  (conditions.get("members")?.some((id) => room.members.has(id)) ?? true) &&
  (conditions.get(creator)?.includes(room.owner) ?? true);

/** What channels and calls have in common. */
export const roomView = (app: App, { cid, owner, createdAt }: Room) => {
  const [type = "", id = ""] = cid.split(":");
  const times = { created_at: nanoseconds(createdAt), updated_at: nanoseconds(createdAt) };
  return { id, type, cid, created_by: personIn(app, owner), ...times, custom: {} };
};

export const memberView = (app: App, { createdAt }: Room, user_id: string) => {
  const times = { created_at: nanoseconds(createdAt), updated_at: nanoseconds(createdAt) };
  return { user_id, user: personIn(app, user_id), ...times, custom: {} };
};

const personIn = (app: App, id: string): object => {
  const user = app.users.get(id);
  return user ? userView(user, WIRE) : { id, role: "user", custom: {} };
};

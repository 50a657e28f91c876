import type { App } from "./app.ts";
import { store } from "./leftovers.ts";
import { everybodyIn, type Room } from "./rooms.ts";
import type { Work } from "./task.ts";

/** `soft` is a mark; `hard` takes along all that belongs to the room, whoever wrote it. */
export const deleteRoom = (app: App, room: Room, mode: "soft" | "hard", now: number): void => {
  if (mode === "soft") {
    room.deletedAt = now;
    return;
  }
  app.rooms.remove(room);
  for (const set of ["recordings", "transcriptions"] as const) app.records.removeAll(set, room.cid);
  for (const id of everybodyIn(room)) {
    const user = app.users.stored(id);
    if (!user) continue;
    const messages = user.messages.filter((message) => message.cid !== room.cid);
    if (messages.length < user.messages.length) store(app, { ...user, messages });
  }
};

/** What a task does that deletes rooms, and says of each. That it names calls too is a guess. */
export const roomDeletion =
  (
    app: App,
    kind: Room["kind"],
    cids: readonly string[],
    mode: "soft" | "hard",
    absent: ReadonlySet<string> = new Set(),
  ): Work =>
  (endedAt, outcome) => {
    const errors = outcome?.kind === "user_errors" ? outcome.errors : {};
    const results = cids.map((cid) => {
      const error = absent.has(cid) ? `${kind} not found` : errors[cid];
      if (error !== undefined) return [cid, { status: "error", error }] as const;
      const room = app.rooms.get(kind, cid);
      if (room) deleteRoom(app, room, mode, endedAt);
      return [cid, { status: "ok" }] as const;
    });
    return () => Object.fromEntries(results);
  };

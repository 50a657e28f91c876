import { randomBytes } from "node:crypto";
import type { App } from "./app.ts";
import { DATA_SET_NAMES, DATA_SETS } from "./data-sets.ts";
import { emptied, leaveBehind, leavesOf, store } from "./leftovers.ts";
import { deleteRoom } from "./room-deletion.ts";
import { isOneToOne, type Room } from "./rooms.ts";
import type { DeletionMode, StoredUser } from "./users.ts";

export type DeletionPlan = {
  user: DeletionMode;
  messages: DeletionMode | undefined;
  conversations: "soft" | "hard" | undefined;
  calls: "soft" | "hard" | undefined;
  files: boolean;
  newChannelOwner: string | undefined;
  newCallOwner: string | undefined;
};

/** What a deletion task does to one user at its end. Feeds data and group calls are not touched. */
export const erase = (app: App, id: string, plan: DeletionPlan, now: number): void => {
  const leaves = leavesOf(app, id);
  const before = app.users.stored(id);
  eraseWholly(app, id, plan, now);
  if (!leaves || !before) return;
  leaveBehind(app, before, leaves);
  if (!leaves.leavesFor) return;
  app.lingering.add(id, leaves.leavesFor, () => eraseWholly(app, id, plan, app.now()));
};

const eraseWholly = (app: App, id: string, plan: DeletionPlan, now: number): void => {
  for (const room of app.rooms.of(id)) {
    const mode = room.kind === "channel" ? plan.conversations : plan.calls;
    if (mode && isOneToOne(room) && room.members.has(id)) deleteRoom(app, room, mode, now);
    else if (room.kind === "channel") abandon(app, room, id, plan);
    else if (plan.user === "hard" && room.owner === id) {
      app.rooms.transfer(room, plan.newCallOwner ?? placeholder());
    }
  }
  eraseRecords(app, id, plan);
  const user = app.users.stored(id);
  if (!user) return;
  eraseProfile(app, withoutFiles(withoutMessages(user, plan.messages, now), plan), plan);
};

// A guess: pruned messages lose what hangs on them, as documented for flags.
const eraseRecords = (app: App, id: string, plan: DeletionPlan): void => {
  const hard = {
    user: plan.user === "hard",
    messages: plan.messages === "hard" || plan.messages === "pruning",
    call: false,
  };
  for (const set of DATA_SET_NAMES) {
    const kept = app.settings.deletionSpares.includes(set);
    if (hard[DATA_SETS[set].goesWith] && !kept) app.records.removeAll(set, id);
  }
};

const eraseProfile = (app: App, user: StoredUser, plan: DeletionPlan): void => {
  const devices = app.settings.deletionRemovesDevices ? [] : user.devices;
  if (plan.user === "hard") app.users.erase(user.id);
  store(app, plan.user === "soft" ? user : { ...emptied(user), devices });
};

const withoutMessages = (
  user: StoredUser,
  mode: DeletionMode | undefined,
  deletedAt: number,
): StoredUser => {
  const { generated, ...rest } = user;
  switch (mode) {
    case undefined:
      return user;
    case "hard":
      return { ...rest, messages: [], reactions: [] };
    case "soft":
      return {
        ...rest,
        messages: user.messages.map((message) => ({ ...message, deletedAt })),
        ...(generated && { generated: { ...generated, deletedAt } }),
      };
    case "pruning":
      return {
        ...rest,
        messages: user.messages.map((message) => ({ ...message, deletedAt, text: "" })),
        reactions: [],
        ...(generated && { generated: { ...generated, deletedAt, messageBytes: 0, reactions: 0 } }),
      };
  }
};

const withoutFiles = (user: StoredUser, { files }: DeletionPlan): StoredUser =>
  files ? { ...user, files: [] } : user;

/** Deleted users lose their seats, and hard-deleted ones their channels. */
const abandon = (app: App, room: Room, id: string, plan: DeletionPlan): void => {
  if (!isOneToOne(room)) app.rooms.leave(room, id);
  if (plan.user !== "hard") return;
  app.rooms.leave(room, id);
  if (room.owner === id) app.rooms.transfer(room, plan.newChannelOwner ?? placeholder());
};

const placeholder = (): string => `delete-user-${randomBytes(7).toString("hex")}`;

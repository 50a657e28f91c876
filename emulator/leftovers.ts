import type { App } from "./app.ts";
import { notFound } from "./errors.ts";
import type { Span } from "./lingering.ts";
import { countMessages, countReactions, messagesOf, reactionsOf } from "./messages.ts";
import type { StoredUser } from "./users.ts";

/** What a deletion leaves behind although its task reports `ok`. */
export type Leaves = {
  /** So many messages, with their text. */
  messages?: number;
  reactions?: number;
  /** The profile: in full view as if there had been no deletion, or hidden as a deleted user's is. */
  profile?: true | "hidden";
  devices?: true;
  /** Concerns DeleteFeedUserData; DeleteUsers does not touch them anyway. */
  feedActivities?: true;
  /** The leftovers vanish by themselves after this; without it they wait for another deletion. */
  leavesFor?: Span;
};

/** What the deletion of this user is to leave behind. */
export const leavesOf = ({ deletionFailures }: App, id: string): Leaves | undefined => {
  const failure = deletionFailures.get(id);
  return failure?.kind === "leaves" ? failure : undefined;
};

/** The user as reading shows it; one that is deleted by the `exportOfDeleted` switch. */
export const readableUser = (app: App, id: string): StoredUser | undefined => {
  const user = app.users.stored(id);
  if (!user || (user.deletedAt && app.settings.exportOfDeleted === "not_found")) return undefined;
  // Feeds and files are not what the readers of this show.
  if (app.users.wasErased(id) && !hasChatData(user)) return undefined;
  app.lingering.shown(id);
  return user;
};

/** @throws ApiError 404 when there is nobody to be read. */
export const readUser = (app: App, id: string): StoredUser => {
  const user = readableUser(app, id);
  if (user) return user;
  const deleted = app.users.stored(id) || app.users.wasErased(id);
  throw notFound(`the user ${id} ${deleted ? "was deleted" : "does not exist"}`);
};

/** Stores a user, or what an erased one has left behind. */
export const store = ({ users }: App, user: StoredUser): void => {
  if (!users.wasErased(user.id)) users.put(user);
  else users.erase(user.id, hasLeftovers(user) ? user : undefined);
};

/** Puts back what the deletion of a user should have taken along. */
export const leaveBehind = (app: App, before: StoredUser, leaves: Leaves): void => {
  const after = app.users.stored(before.id);
  const rest = after ?? emptied({ ...before, messages: [], reactions: [], files: [] });
  const left = {
    ...(leaves.profile ? { ...before, files: rest.files } : rest),
    ...contents(before, rest, leaves),
  };
  const { deletedAt: _, deletion: __, ...visible } = left;
  if (leaves.profile === true) app.users.put(visible);
  else store(app, left);
};

/** The user without a profile and push devices. */
export const emptied = (user: StoredUser): StoredUser => {
  const { lastActiveAt: _, ...kept } = user;
  return { ...kept, name: "", image: "", teams: [], custom: {}, pruned: true, devices: [] };
};

/** Whether data of an erased user are still stored somewhere. */
const hasLeftovers = (user: StoredUser): boolean =>
  hasChatData(user) || user.feedActivities + user.files.length > 0;

const hasChatData = (user: StoredUser): boolean =>
  !user.pruned || countMessages(user) + countReactions(user) + user.devices.length > 0;

const contents = (before: StoredUser, rest: StoredUser, leaves: Leaves) => {
  const messages = Math.max(countMessages(rest), leaves.messages ?? 0);
  const reactions = Math.max(countReactions(rest), leaves.reactions ?? 0);
  const messagesOwner = countMessages(rest) < messages ? before : rest;
  const reactionsOwner = countReactions(rest) < reactions ? before : rest;
  return {
    messages: [...messagesOf(messagesOwner).take(messages)],
    reactions: [...reactionsOf(reactionsOwner).take(reactions)],
    devices: leaves.devices ? before.devices : rest.devices,
    feedActivities: rest.feedActivities,
    generated: { messages: 0, reactions: 0, messageBytes: 1 },
  };
};

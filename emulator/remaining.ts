import type { App } from "./app.ts";
import type { DataSet } from "./data-sets.ts";
import { countMessages, countReactions } from "./messages.ts";
import { countEach } from "./records.ts";
import { isAbandonedTo, isGroup, isOneToOne } from "./rooms.ts";

/** What the app still stores of a person, hidden or not; of every data set too. */
export type Remaining = Record<DataSet, number> & {
  /** Whether QueryUsers can show the user. */
  visible: boolean;
  /** Name, image, e-mail address, custom fields. */
  profile: boolean;
  /** Messages that still have their text. */
  messages: number;
  reactions: number;
  /** One-to-one channels. */
  conversations: number;
  /** Channels of which the user is the only member, or was it at last. */
  abandonedChannels: number;
  /** Group channels with the user as a member. */
  memberships: number;
  /** Group channels with the user as the owner. */
  ownedChannels: number;
  /** One-to-one calls. */
  calls: number;
  /** Calls of more than two, with the user as a member or the owner. */
  groupCalls: number;
  devices: number;
  files: number;
  feedActivities: number;
};

/** What `remaining` answers for a user of whom nothing is stored. */
export const NOTHING: Remaining = {
  visible: false,
  profile: false,
  messages: 0,
  reactions: 0,
  conversations: 0,
  abandonedChannels: 0,
  memberships: 0,
  ownedChannels: 0,
  calls: 0,
  groupCalls: 0,
  devices: 0,
  files: 0,
  feedActivities: 0,
  ...countEach(() => 0),
};

export const remaining = (app: App, id: string): Remaining => {
  app.advance();
  const visible = app.users.get(id);
  const user = app.users.stored(id);
  const rooms = app.rooms.of(id);
  const channels = rooms.filter(({ kind }) => kind === "channel");
  const joined = channels.filter(({ members }) => members.has(id));
  const calls = rooms.filter(({ kind }) => kind === "call");
  return {
    ...NOTHING,
    visible: visible !== undefined && !visible.deletedAt,
    ...(user && {
      profile: !user.pruned,
      messages: user.generated?.messageBytes === 0 ? 0 : countMessages(user),
      reactions: countReactions(user),
      devices: user.devices.length,
      files: user.files.length,
      feedActivities: user.feedActivities,
    }),
    conversations: joined.filter(isOneToOne).length,
    abandonedChannels: channels.filter((room) => isAbandonedTo(room, id)).length,
    memberships: joined.filter(isGroup).length,
    ownedChannels: channels.filter((room) => room.owner === id && isGroup(room)).length,
    calls: calls.filter(isOneToOne).length,
    groupCalls: calls.filter(isGroup).length,
    ...app.records.count([id, ...calls.map(({ cid }) => cid)]),
  };
};

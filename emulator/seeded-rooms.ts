import type { App } from "./app.ts";
import type { Room } from "./rooms.ts";
import type { SeedUser } from "./seeding.ts";

/** Lets a user take part in all the channels and calls that the seed names. */
export const seedRooms = (app: App, seed: SeedUser): void => {
  const { rooms } = app;
  const { id, groups = [], owns = [], groupCalls = [], createdCalls = [] } = seed;
  for (const partner of seed.conversationsWith ?? []) converse(app, id, partner);
  for (const partner of seed.abandonedWith ?? []) {
    rooms.leave(converse(app, id, partner), partner);
  }
  for (const partner of seed.callsWith ?? []) {
    rooms.join({ kind: "call", cid: `default:${pairName(id, partner)}`, members: [id, partner] });
  }
  for (const group of groups) {
    rooms.join({ kind: "channel", cid: `messaging:${group}`, members: [...CROWD, id] });
  }
  for (const group of owns) {
    rooms.join({ kind: "channel", cid: `messaging:${group}`, members: [id, ...CROWD], owner: id });
  }
  for (const call of groupCalls) {
    rooms.join({ kind: "call", cid: callCid(call), members: [...CALLERS, id] });
  }
  for (const call of createdCalls) {
    rooms.join({ kind: "call", cid: callCid(call), members: [id, ...CALLERS], owner: id });
  }
};

/** The cid of a group call. */
export const callCid = (id: string): string => `default:${id}`;

// So that a group channel is never taken for a one-to-one channel, even when everybody else has left.
const CROWD = ["channel-bot", "channel-host", "channel-guest"];
const CALLERS = ["call-host", "call-guest", "call-notetaker"];

const pairName = (one: string, other: string): string => [one, other].sort().join("-and-");

const converse = ({ rooms, users }: App, id: string, partner: string): Room => {
  // Stream begins the ids of channels that were made for their members like this.
  const cid = `messaging:!members-${pairName(id, partner)}`;
  const room = rooms.join({ kind: "channel", cid, members: [id, partner] });
  for (const author of [id, partner]) {
    const user = users.get(author);
    if (!user || user.messages.some((message) => message.cid === cid)) continue;
    const text = `A word from ${user.name || author}, just between us`;
    const message = { id: `${author}-in-${cid}`, cid, text, createdAt: user.createdAt };
    users.put({ ...user, messages: [...user.messages, message] });
  }
  return room;
};

/** A channel or a call: who is in it and who owns it. */
export type Room = {
  kind: "channel" | "call";
  cid: string;
  members: Set<string>;
  /** Those who have left, in the order in which they did. */
  former: Set<string>;
  owner: string;
  createdAt: number;
  deletedAt?: number;
};

type Joining = { kind: Room["kind"]; cid: string; members: readonly string[]; owner?: string };

export type Rooms = {
  /** Adds a room, owned by its first member unless told otherwise, or members to it. */
  join(joining: Joining): Room;
  get(kind: Room["kind"], cid: string): Room | undefined;
  /** Every room that the user is or was a member of, or owns. */
  of(userId: string): Room[];
  remove(room: Room): void;
  leave(room: Room, userId: string): void;
  transfer(room: Room, owner: string): void;
};

export const openRooms = (now: () => number): Rooms => {
  const byCid = new Map<string, Room>();
  const byUser = new Map<string, Set<Room>>();
  const link = (userId: string, room: Room) => {
    const known = byUser.get(userId);
    if (known) known.add(room);
    else byUser.set(userId, new Set([room]));
  };
  const keyOf = (kind: Room["kind"], cid: string) => `${kind} ${cid}`;

  return {
    join({ kind, cid, members, owner = members[0] ?? "" }) {
      const known = byCid.get(keyOf(kind, cid));
      const room: Room = known ?? {
        ...{ kind, cid, owner, createdAt: now() },
        ...{ members: new Set(), former: new Set() },
      };
      byCid.set(keyOf(kind, cid), room);
      for (const member of members) {
        room.members.add(member);
        room.former.delete(member);
      }
      for (const userId of [...members, room.owner]) link(userId, room);
      return room;
    },
    get: (kind, cid) => byCid.get(keyOf(kind, cid)),
    of: (userId) => [...(byUser.get(userId) ?? [])],
    remove(room) {
      byCid.delete(keyOf(room.kind, room.cid));
      for (const userId of [...everybodyIn(room), room.owner]) byUser.get(userId)?.delete(room);
    },
    leave(room, userId) {
      if (room.members.delete(userId)) room.former.add(userId);
    },
    transfer(room, owner) {
      const former = room.owner;
      room.owner = owner;
      if (!everybodyIn(room).includes(former)) byUser.get(former)?.delete(room);
      link(owner, room);
    },
  };
};

/** Stream's `conversations` and `calls`: exactly two members, one of them the user. */
export const isOneToOne = (room: Room): boolean => room.members.size === 2;

export const isGroup = (room: Room): boolean => room.members.size > 2;

/** Whether the user is the only member, or was it at last. Nothing of `conversations` takes such a channel along. */
export const isAbandonedTo = (room: Room, userId: string): boolean => {
  const [last, ...others] = room.members.size > 0 ? room.members : [...room.former].slice(-1);
  return last === userId && others.length === 0;
};

/** The members and those who have left. */
export const everybodyIn = ({ members, former }: Room): string[] => [...members, ...former];

/** A channel or a call: who is in it and who owns it. */
export type Room = {
  kind: "channel" | "call";
  cid: string;
  members: Set<string>;
  owner: string;
  deletedAt?: number;
};

export type Rooms = {
  /** Adds a room, or members to it. */
  join(kind: Room["kind"], cid: string, members: readonly string[], owner?: string): Room;
  /** Every room that the user is a member or the owner of. */
  of(userId: string): Room[];
  remove(room: Room): void;
  leave(room: Room, userId: string): void;
  transfer(room: Room, owner: string): void;
};

export const openRooms = (): Rooms => {
  const byCid = new Map<string, Room>();
  const byUser = new Map<string, Set<Room>>();
  const link = (userId: string, room: Room) => {
    const known = byUser.get(userId);
    if (known) known.add(room);
    else byUser.set(userId, new Set([room]));
  };
  const unlink = (userId: string, room: Room) => {
    if (room.members.has(userId) || room.owner === userId) return;
    byUser.get(userId)?.delete(room);
  };

  return {
    join(kind, cid, members, owner = members[0] ?? "") {
      const key = `${kind} ${cid}`;
      const room: Room = byCid.get(key) ?? { kind, cid, members: new Set(), owner };
      byCid.set(key, room);
      for (const member of members) room.members.add(member);
      for (const userId of [...members, room.owner]) link(userId, room);
      return room;
    },
    of: (userId) => [...(byUser.get(userId) ?? [])],
    remove(room) {
      byCid.delete(`${room.kind} ${room.cid}`);
      for (const userId of [...room.members, room.owner]) byUser.get(userId)?.delete(room);
    },
    leave(room, userId) {
      room.members.delete(userId);
      unlink(userId, room);
    },
    transfer(room, owner) {
      const former = room.owner;
      room.owner = owner;
      unlink(former, room);
      link(owner, room);
    },
  };
};

/** Stream's `conversations` and `calls`: exactly two members, one of them the user. */
export const isOneToOne = (room: Room): boolean => room.members.size === 2;

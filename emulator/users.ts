import type { Generated, Message, Reaction, TimeFormat } from "./messages.ts";

export type DeletionMode = "soft" | "pruning" | "hard";

export type StoredUser = {
  id: string;
  role: string;
  name: string;
  image: string;
  teams: readonly string[];
  custom: Readonly<Record<string, unknown>>;
  createdAt: number;
  updatedAt: number;
  lastActiveAt?: number;
  deactivatedAt?: number;
  /** Set at once when a deletion is submitted; the data go later. */
  deletedAt?: number;
  deletion?: DeletionMode;
  /** The profile has been emptied. */
  pruned?: true;
  // Replaced, never mutated: an export file keeps the state of its moment.
  messages: readonly Message[];
  reactions: readonly Reaction[];
  generated?: Generated;
  devices: readonly string[];
  files: readonly string[];
  feedActivities: number;
};

export type Users = {
  get(id: string): StoredUser | undefined;
  /** Adds or replaces a user, and brings an erased one back. */
  put(user: StoredUser): void;
  /** Removes the record for good, or all but what the deletion has spared; the id is never free again. */
  erase(id: string, spared?: StoredUser): void;
  /** Like `get`, and also what erased users have left behind. */
  stored(id: string): StoredUser | undefined;
  /** Whether the id belonged to a user that has been removed. */
  wasErased(id: string): boolean;
  withEmail(email: string): StoredUser[];
  all(): Iterable<StoredUser>;
};

export const openUsers = (): Users => {
  const users = new Map<string, StoredUser>();
  const byEmail = new Map<string, Set<string>>();
  const erased = new Set<string>();
  const leftovers = new Map<string, StoredUser>();
  const unlink = (user: StoredUser | undefined) => {
    if (user) byEmail.get(emailOf(user) ?? "")?.delete(user.id);
  };

  return {
    get: (id) => users.get(id),
    put(user) {
      unlink(users.get(user.id));
      erased.delete(user.id);
      leftovers.delete(user.id);
      users.set(user.id, user);
      const email = emailOf(user);
      if (email === undefined) return;
      byEmail.set(email, (byEmail.get(email) ?? new Set()).add(user.id));
    },
    erase(id, spared) {
      unlink(users.get(id));
      users.delete(id);
      erased.add(id);
      if (spared) leftovers.set(id, spared);
      else leftovers.delete(id);
    },
    stored: (id) => users.get(id) ?? leftovers.get(id),
    wasErased: (id) => erased.has(id),
    withEmail: (email) => [...(byEmail.get(email) ?? [])].flatMap((id) => users.get(id) ?? []),
    all: () => users.values(),
  };
};

export const emailOf = ({ custom }: StoredUser): string | undefined =>
  typeof custom.email === "string" ? custom.email : undefined;

const NONE = Object.freeze([]);

export const newUser = (id: string, now: number): StoredUser => ({
  id,
  role: "user",
  name: "",
  image: "",
  teams: NONE,
  custom: {},
  createdAt: now,
  updatedAt: now,
  messages: NONE,
  reactions: NONE,
  devices: NONE,
  files: NONE,
  feedActivities: 0,
});

/** `UserResponse`, with custom fields nested as v2 has them. */
export const userView = (user: StoredUser, time: TimeFormat) => ({
  id: user.id,
  role: user.role,
  name: user.name,
  image: user.image,
  language: "",
  teams: user.teams,
  banned: false,
  online: false,
  invisible: false,
  shadow_banned: false,
  blocked_user_ids: [],
  custom: user.custom,
  created_at: time(user.createdAt),
  updated_at: time(user.updatedAt),
  ...(user.lastActiveAt && { last_active: time(user.lastActiveAt) }),
  ...(user.deactivatedAt && { deactivated_at: time(user.deactivatedAt) }),
  ...(user.deletedAt && { deleted_at: time(user.deletedAt) }),
});

/** `FullUserResponse`: what QueryUsers and UpdateUsers answer. */
export const fullUserView = (user: StoredUser, time: TimeFormat) => ({
  ...userView(user, time),
  devices: user.devices.map((id) => ({ id, push_provider: "firebase", user_id: user.id })),
  mutes: [],
  channel_mutes: [],
  total_unread_count: 0,
  unread_channels: 0,
  unread_count: 0,
  unread_threads: 0,
});

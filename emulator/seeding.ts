import type { App } from "./app.ts";
import type { Message } from "./messages.ts";
import { newUser, type StoredUser } from "./users.ts";

/** A user as tests and the demo describe one. */
export type SeedUser = {
  id: string;
  name?: string;
  /** Kept in `custom.email`. */
  email?: string;
  role?: string;
  image?: string;
  teams?: readonly string[];
  custom?: Readonly<Record<string, unknown>>;
  /** Texts of messages in the channel `messaging:general`, or how many to make up. */
  messages?: readonly string[] | number;
  /** Length of each made-up message. */
  messageBytes?: number;
  /** Makes the export about this large with made-up messages, at most 9,000. */
  megabytes?: number;
  /** How many reactions to make up. */
  reactions?: number;
  /** Ids of users that share a one-to-one channel with this one, each with a message from either side. */
  conversationsWith?: readonly string[];
  /** Ids of users that share a one-to-one call with this one. */
  callsWith?: readonly string[];
  /** Ids of group channels to be a member of. */
  groups?: readonly string[];
  /** Ids of group channels to own. */
  owns?: readonly string[];
  devices?: readonly string[];
  files?: readonly string[];
  feedActivities?: number;
  deactivated?: boolean;
  /** Marked deleted, with all data still there. */
  softDeleted?: boolean;
  /** Deleted for good: nothing is there but the id, which is never free again. */
  erased?: boolean;
  createdAt?: number;
};

/** Puts a user into an app's store, with all that belongs to it. */
export const seedUser = (app: App, seed: SeedUser): void => {
  app.users.put(storedUser(app, seed));
  if (seed.erased) {
    app.users.erase(seed.id);
    return;
  }
  for (const partner of seed.conversationsWith ?? []) converse(app, seed.id, partner);
  for (const partner of seed.callsWith ?? []) {
    app.rooms.join("call", `default:${pairName(seed.id, partner)}`, [seed.id, partner]);
  }
  for (const group of seed.groups ?? []) {
    app.rooms.join("channel", `messaging:${group}`, [...CROWD, seed.id]);
  }
  for (const group of seed.owns ?? []) {
    app.rooms.join("channel", `messaging:${group}`, [seed.id, ...CROWD], seed.id);
  }
};

// So that a group channel is never taken for a one-to-one channel, even when everybody else has left.
const CROWD = ["channel-bot", "channel-host", "channel-guest"];

/** Puts many small users into the store. @returns their ids. */
export const seedMany = (
  app: App,
  count: number,
  describe: (index: number) => Partial<SeedUser> = () => ({}),
): string[] => {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const id = `user-${String(index).padStart(7, "0")}`;
    const seed = { id, name: `User ${index}`, email: `${id}@example.com`, ...describe(index) };
    seedUser(app, seed);
    ids.push(seed.id);
  }
  return ids;
};

const DAY_MS = 86_400_000;

const storedUser = (app: App, seed: SeedUser): StoredUser => {
  const createdAt = seed.createdAt ?? app.now() - 90 * DAY_MS;
  const texts = Array.isArray(seed.messages) ? (seed.messages as readonly string[]) : [];
  const { id, name, role, image, teams, devices, files, feedActivities, email } = seed;
  return {
    ...newUser(id, createdAt),
    ...defined({ name, role, image, teams, devices, files, feedActivities }),
    custom: { ...seed.custom, ...(email && { email }) },
    ...(texts.length > 0 && {
      messages: texts.map((text, index) => said(id, text, index, createdAt)),
    }),
    ...generatedFor(seed),
    ...(seed.deactivated && { deactivatedAt: app.now() }),
    ...(seed.softDeleted && { deletedAt: app.now(), deletion: "soft" as const }),
  };
};

const defined = <Fields extends object>(fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]-?: Exclude<Fields[Name], undefined>;
  };

const said = (author: string, text: string, index: number, start: number): Message => ({
  id: `${author}-said-${index}`,
  cid: "messaging:general",
  text,
  createdAt: start + index * 60_000,
});

const MESSAGE_OVERHEAD_BYTES = 560;

const generatedFor = ({ messages, messageBytes = 80, reactions = 0, megabytes }: SeedUser) => {
  if (megabytes !== undefined) {
    const count = Math.min(9_000, Math.ceil(megabytes * 100));
    const each = (megabytes * 1_000_000) / count - MESSAGE_OVERHEAD_BYTES;
    // A message repeats its text as HTML.
    return { generated: { messages: count, reactions, messageBytes: Math.round(each / 2) } };
  }
  const count = typeof messages === "number" ? messages : 0;
  return count + reactions > 0 ? { generated: { messages: count, reactions, messageBytes } } : {};
};

const pairName = (one: string, other: string): string => [one, other].sort().join("-and-");

const converse = (app: App, id: string, partner: string): void => {
  const cid = `messaging:${pairName(id, partner)}`;
  app.rooms.join("channel", cid, [id, partner]);
  for (const author of [id, partner]) {
    const user = app.users.get(author);
    if (!user || user.messages.some((message) => message.cid === cid)) continue;
    const text = `A word from ${user.name || author}, just between us`;
    const message = { id: `${author}-in-${cid}`, cid, text, createdAt: user.createdAt };
    app.users.put({ ...user, messages: [...user.messages, message] });
  }
};

import type { App } from "./app.ts";
import type { Message } from "./messages.ts";
import type { SeedUser } from "./seeding.ts";
import { newUser, type StoredUser } from "./users.ts";

/** The profile and what is kept with it. */
export const storedUser = (app: App, seed: SeedUser): StoredUser => {
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

const DAY_MS = 86_400_000;

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

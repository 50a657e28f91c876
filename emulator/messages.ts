import { nanoseconds, rfc3339 } from "./timestamps.ts";

export type Message = {
  id: string;
  cid: string;
  text: string;
  createdAt: number;
  deletedAt?: number;
};

export type Reaction = { messageId: string; type: string; createdAt: number };

/** Messages and reactions that exist only as a number, so that a huge user costs no memory. */
export type Generated = {
  messages: number;
  reactions: number;
  /** Length of each message's text in bytes. */
  messageBytes: number;
  deletedAt?: number;
};

type Author = {
  id: string;
  createdAt: number;
  messages: readonly Message[];
  reactions: readonly Reaction[];
  generated?: Generated;
};

export const countMessages = ({ messages, generated }: Author): number =>
  messages.length + (generated?.messages ?? 0);

export const countReactions = ({ reactions, generated }: Author): number =>
  reactions.length + (generated?.reactions ?? 0);

export function* messagesOf(author: Author): Generator<Message> {
  yield* author.messages;
  const { generated, id, createdAt } = author;
  if (!generated) return;
  const text = textOf(generated.messageBytes);
  for (let index = 0; index < generated.messages; index += 1) {
    yield {
      id: `${id}-${String(index).padStart(8, "0")}`,
      cid: "messaging:general",
      text,
      createdAt: createdAt + index * 1_000,
      ...(generated.deletedAt && { deletedAt: generated.deletedAt }),
    };
  }
}

export function* reactionsOf(author: Author): Generator<Reaction> {
  yield* author.reactions;
  const count = author.generated?.reactions ?? 0;
  for (let index = 0; index < count; index += 1) {
    const createdAt = author.createdAt + index * 1_000;
    yield { messageId: `general-${String(index).padStart(8, "0")}`, type: "like", createdAt };
  }
}

/** How a time is written: nanoseconds in answers, RFC 3339 in export files. */
export type TimeFormat = (milliseconds: number) => unknown;
export const WIRE: TimeFormat = nanoseconds;
export const FILE: TimeFormat = rfc3339;

/** `MessageResponse` as exports have it: the author is null there. */
export const messageView = (message: Message, time: TimeFormat) => ({
  id: message.id,
  cid: message.cid,
  type: message.deletedAt ? "deleted" : "regular",
  text: message.text,
  html: `<p>${message.text}</p>\n`,
  user: null,
  attachments: [],
  latest_reactions: [],
  own_reactions: [],
  mentioned_users: [],
  restricted_visibility: [],
  reaction_counts: {},
  reaction_scores: {},
  reply_count: 0,
  deleted_reply_count: 0,
  mentioned_channel: false,
  mentioned_here: false,
  pinned: false,
  shadowed: false,
  silent: false,
  custom: {},
  created_at: time(message.createdAt),
  updated_at: time(message.deletedAt ?? message.createdAt),
  ...(message.deletedAt && { deleted_at: time(message.deletedAt) }),
});

export const reactionView = (reaction: Reaction, userId: string, time: TimeFormat) => ({
  message_id: reaction.messageId,
  user_id: userId,
  user: null,
  type: reaction.type,
  score: 1,
  custom: {},
  created_at: time(reaction.createdAt),
  updated_at: time(reaction.createdAt),
});

// Quotes, umlauts and an emoji: a reader that cuts characters apart at chunk borders is found out.
const PHRASE = 'Grüße aus Köln! "See you at 6?" 🚲 ';

const textOf = (bytes: number): string => {
  if (bytes <= 0) return "";
  const size = Buffer.byteLength(PHRASE);
  const whole = PHRASE.repeat(Math.floor(bytes / size));
  return whole + ".".repeat(bytes % size);
};

import { type Handler, userIdFrom } from "./call.ts";
import { invalidInput } from "./errors.ts";
import { readUser } from "./leftovers.ts";
import {
  countMessages,
  countReactions,
  messagesOf,
  messageView,
  reactionsOf,
  reactionView,
  type TimeFormat,
  WIRE,
} from "./messages.ts";
import { type StoredUser, userView } from "./users.ts";

/** ExportUser. */
export const exportUser: Handler = (call) => {
  const { app, record, duration } = call;
  const id = userIdFrom(call);
  record.userIds = [id];
  const user = readUser(app, id);
  const { exportLimit } = app.settings;
  if (Math.max(countMessages(user), countReactions(user)) > exportLimit) {
    // A guess: Stream documents the refusal, but neither its status nor its text.
    throw invalidInput(`user has more than ${exportLimit} messages or reactions`);
  }
  return { kind: "parts", parts: exportParts(user, WIRE, () => `,"duration":"${duration()}"`) };
};

/** A user's export piece by piece, so that its size never matters. */
export function* exportParts(
  user: StoredUser,
  time: TimeFormat,
  tail: () => string = () => "",
  mostMessages = Number.POSITIVE_INFINITY,
): Generator<string> {
  yield `{"user":${JSON.stringify(userView(user, time))},"messages":[`;
  const messages = messagesOf(user).take(mostMessages);
  yield* listed(messages, (message) => messageView(message, time));
  yield '],"reactions":[';
  yield* listed(reactionsOf(user), (reaction) => reactionView(reaction, user.id, time));
  yield `]${tail()}}`;
}

function* listed<Item>(items: IteratorObject<Item>, view: (item: Item) => object) {
  let separator = "";
  for (const item of items) {
    yield separator + JSON.stringify(view(item));
    separator = ",";
  }
}

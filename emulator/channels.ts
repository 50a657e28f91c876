import { z } from "zod";
import type { App } from "./app.ts";
import { answer, type Handler, parseInput } from "./call.ts";
import { readUser } from "./leftovers.ts";
import { type Message, messageView, WIRE } from "./messages.ts";
import { Filter, limitOf, offsetRequest, pageFrom } from "./paging.ts";
import { deleteRoom, roomDeletion } from "./room-deletion.ts";
import { memberView, roomsMatching, roomView } from "./room-queries.ts";
import type { Room } from "./rooms.ts";
import { nanoseconds } from "./timestamps.ts";
import { userView } from "./users.ts";

// Documented: 10 channels unless asked, at most 30, with 25 messages and 100 members.
const CHANNELS = { usual: 10, most: 30 };
const MESSAGES = { usual: 25, most: 300 };
const MEMBERS = { usual: 100, most: 100 };

const QueryChannelsRequest = z.object({
  ...offsetRequest(CHANNELS),
  filter_conditions: Filter,
  user_id: z.string().optional(),
  state: z.boolean("must be a boolean").default(true),
  message_limit: limitOf(MESSAGES),
  member_limit: limitOf(MEMBERS),
});
type QueryChannelsRequest = z.infer<typeof QueryChannelsRequest>;

/** QueryChannels: by member, owner or cid, the oldest first; other orders are not spoken. */
export const queryChannels: Handler = ({ app, body, record }) => {
  const request = parseInput(QueryChannelsRequest, body);
  if (request.user_id) readUser(app, request.user_id);
  const filter = request.filter_conditions;
  const found = roomsMatching(app, record, { kind: "channel", creator: "created_by_id", filter });
  const page = pageFrom(found, request, CHANNELS);
  return answer({ channels: page.map((room) => channelView(app, room, request)) });
};

const DeleteChannelsRequest = z.object({
  cids: z
    .array(z.string(), "is a required field")
    .min(1, "must have at least 1 item")
    .max(100, "must have at most 100 items"),
  hard_delete: z.boolean("must be a boolean").nullish(),
});

/** DeleteChannels: hides the channels at once and starts a task, which removes them with `hard_delete`. */
export const deleteChannels: Handler = ({ app, body, record }) => {
  const request = parseInput(DeleteChannelsRequest, body);
  const cids = [...new Set(request.cids)];
  const absent = new Set(cids.filter((cid) => !app.rooms.get("channel", cid)));
  for (const cid of cids) {
    const room = app.rooms.get("channel", cid);
    if (room && !room.deletedAt) deleteRoom(app, room, "soft", app.now());
  }
  const mode = request.hard_delete ? "hard" : "soft";
  // A guess: an unknown channel is an error of its own, as documented for calls.
  const work = roomDeletion(app, "channel", cids, mode, absent);
  record.taskId = app.tasks.start("DeleteChannels", work);
  return answer({ task_id: record.taskId, result: {} });
};

const channelView = (app: App, room: Room, request: QueryChannelsRequest) => ({
  channel: { ...roomView(app, room), member_count: room.members.size },
  ...(request.user_id &&
    room.members.has(request.user_id) && { membership: memberView(app, room, request.user_id) }),
  ...(request.state ? stateOf(app, room, request) : NO_STATE),
  pinned_messages: [],
  threads: [],
});

const NO_STATE = { members: [], messages: [], read: [] };

const stateOf = (app: App, room: Room, request: QueryChannelsRequest) => ({
  members: [...room.members]
    .slice(0, request.member_limit ?? MEMBERS.usual)
    .map((id) => memberView(app, room, id)),
  messages: saidIn(app, room)
    .slice(-(request.message_limit || MESSAGES.usual))
    .map(([author, message]) => ({ ...messageView(message, WIRE), user: { id: author } })),
  read: [...room.members].flatMap((id) => {
    const user = app.users.get(id);
    const last_read = nanoseconds(room.createdAt);
    return user ? [{ user: userView(user, WIRE), last_read, unread_messages: 0 }] : [];
  }),
});

const saidIn = (app: App, { cid, members, former }: Room): (readonly [string, Message])[] =>
  [...members, ...former]
    .flatMap((id) => app.users.stored(id) ?? [])
    .flatMap(({ id, messages }) => messages.map((message) => [id, message] as const))
    .filter(([, message]) => message.cid === cid)
    .sort(([, left], [, right]) => left.createdAt - right.createdAt);

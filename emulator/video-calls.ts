import { z } from "zod";
import type { App } from "./app.ts";
import { answer, type Call, type Handler, idFrom, parseInput } from "./call.ts";
import type { DataSet } from "./data-sets.ts";
import { notFound } from "./errors.ts";
import { cursorRequest, Filter, pageAfter } from "./paging.ts";
import { deleteRoom, roomDeletion } from "./room-deletion.ts";
import { memberView, roomsMatching, roomView } from "./room-queries.ts";
import type { Room } from "./rooms.ts";

const CALLS = { usual: 25, most: 100 };

const QueryCallsRequest = z.object({ ...cursorRequest(CALLS), filter_conditions: Filter });

/** QueryCalls: by member, creator or cid, the oldest first; other orders are not spoken. */
export const queryCalls: Handler = ({ app, body, record }) => {
  const request = parseInput(QueryCallsRequest, body);
  const filter = request.filter_conditions;
  const found = roomsMatching(app, record, { kind: "call", creator: "created_by_user_id", filter });
  const { page, ...more } = pageAfter(found, request, CALLS);
  return answer({ calls: page.map((room) => callView(app, room)), ...more });
};

const DeleteCallRequest = z.object({ hard: z.boolean("must be a boolean").nullish() });

/** DeleteCall: a mark at once, or with `hard` a task that takes all that belongs to the call. */
export const deleteCall: Handler = (call) => {
  const { app, body, record } = call;
  const { hard } = parseInput(DeleteCallRequest, body);
  const room = roomIn(call);
  const view = callView(app, room).call;
  if (!hard) {
    deleteRoom(app, room, "soft", app.now());
    return answer({ call: view });
  }
  // A guess: the call can be seen until the task has ended.
  record.taskId = app.tasks.start("DeleteCall", roomDeletion(app, "call", [room.cid], "hard"));
  return answer({ call: view, task_id: record.taskId });
};

/** ListRecordings and ListTranscriptions. */
const mediaLister =
  (set: Media): Handler =>
  (call) =>
    answer({ [set]: call.app.records.of(set, roomIn(call).cid).map(({ fields }) => fields) });

/** DeleteRecording and DeleteTranscription. */
const mediaDeleter =
  (set: Media, absent: string): Handler =>
  (call) => {
    const { records } = call.app;
    const session = idFrom(call, "session");
    const filename = idFrom(call, "filename");
    const file = records
      .of(set, cidOf(call))
      .find(({ fields }) => fields.session_id === session && fields.filename === filename);
    if (!file) throw notFound(absent);
    records.remove(set, file);
    return answer({});
  };

export const listRecordings = mediaLister("recordings");
export const listTranscriptions = mediaLister("transcriptions");
export const deleteRecording = mediaDeleter("recordings", "recording doesn't exist");
export const deleteTranscription = mediaDeleter("transcriptions", "transcription doesn't exist");

type Media = Extract<DataSet, "recordings" | "transcriptions">;

/** `default:standup` */
const cidOf = (call: Call): string => `${idFrom(call, "type")}:${idFrom(call, "id")}`;

const roomIn = (call: Call): Room => {
  const cid = cidOf(call);
  const room = call.app.rooms.get("call", cid);
  if (!room || room.deletedAt) throw notFound(`Can't find call with id ${cid}`);
  return room;
};

const callView = (app: App, room: Room) => ({
  call: roomView(app, room),
  members: [...room.members].map((id) => memberView(app, room, id)),
  own_capabilities: [],
});

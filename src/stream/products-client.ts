import { z } from "zod";
import { type TaskId, UserId } from "../identifiers.ts";
import type { Http } from "./http.ts";
import { type DataSetReader, openDataSetReader } from "./read-data-set.ts";
import { TaskStarted } from "./schemas.ts";

export type ProductsClient = {
  /** Reads the data sets of a user, each page as Stream sent it. */
  dataSetsOf(user: UserId, signal?: AbortSignal): DataSetReader;
  /** ExportFeedUserData. @returns the task whose result is the URL of a file. @throws StreamError `not_found` without such a user. */
  exportFeeds(user: UserId): Promise<TaskId>;
  /** DeleteFeedUserData, hard: DeleteUsers leaves feeds content alone. @returns the task. @throws StreamError as above. */
  deleteFeeds(user: UserId): Promise<TaskId>;
  /** ListDevices. @returns the ids of the user's push devices. @throws StreamError as above. */
  listDevices(user: UserId): Promise<string[]>;
  /** DeleteDevice. @throws StreamError `not_found` when it is gone. */
  deleteDevice(user: UserId, device: string): Promise<void>;
  /** DeleteCall, hard. @returns the task. @throws StreamError `not_found` when the call is gone. */
  deleteCall(call: CallName): Promise<TaskId>;
  /** ListRecordings or ListTranscriptions. @throws StreamError as above. */
  listMedia(kind: Media, call: CallName): Promise<MediaFile[]>;
  /** DeleteRecording or DeleteTranscription. @throws StreamError `not_found` when the file is gone. */
  deleteMedia(kind: Media, call: CallName, file: MediaFile): Promise<void>;
  /** DeleteChannels, hard, 1 to 100 channels. @returns the task. */
  deleteChannels(cids: readonly string[]): Promise<TaskId>;
};

export type CallName = { type: string; id: string };
export const MEDIA = ["recordings", "transcriptions"] as const;
type Media = (typeof MEDIA)[number];

/** A recording or transcription, as Stream names it. */
const MediaFile = z
  .looseObject({ session_id: z.string(), filename: z.string() })
  .transform(({ session_id, filename }) => ({ session: session_id, filename }));
type MediaFile = z.infer<typeof MediaFile>;

const Recordings = z.looseObject({ recordings: z.array(MediaFile).nullish() });
const Transcriptions = z.looseObject({ transcriptions: z.array(MediaFile).nullish() });
const Devices = z.looseObject({ devices: z.array(z.looseObject({ id: z.string() })).nullish() });
const Done = z.looseObject({});

/** Operations of Stream's products beyond users. All throw StreamError. */
export const openProductsClient = (http: Http): ProductsClient => ({
  dataSetsOf: (user, signal) => openDataSetReader(http, user, signal),
  async exportFeeds(user) {
    const parameters = { user_id: UserId.parse(user) };
    return (await http.call("ExportFeedUserData", TaskStarted, { parameters })).task_id;
  },
  async deleteFeeds(user) {
    const parameters = { user_id: UserId.parse(user) };
    const json = { hard_delete: true };
    return (await http.call("DeleteFeedUserData", TaskStarted, { parameters, json })).task_id;
  },
  async listDevices(user) {
    const searchParams = { user_id: UserId.parse(user) };
    const { devices } = await http.call("ListDevices", Devices, { searchParams });
    return (devices ?? []).map(({ id }) => id);
  },
  async deleteDevice(user, id) {
    const searchParams = { user_id: UserId.parse(user), id };
    await http.call("DeleteDevice", Done, { searchParams });
  },
  async deleteCall({ type, id }) {
    const options = { parameters: { type, id }, json: { hard: true } };
    return (await http.call("DeleteCall", TaskStarted, options)).task_id;
  },
  async listMedia(kind, { type, id }) {
    const parameters = { type, id };
    const files =
      kind === "recordings"
        ? (await http.call("ListRecordings", Recordings, { parameters })).recordings
        : (await http.call("ListTranscriptions", Transcriptions, { parameters })).transcriptions;
    return files ?? [];
  },
  async deleteMedia(kind, { type, id }, { session, filename }) {
    const operation = kind === "recordings" ? "DeleteRecording" : "DeleteTranscription";
    await http.call(operation, Done, { parameters: { type, id, session, filename } });
  },
  async deleteChannels(cids) {
    const json = { cids: z.array(z.string()).min(1).max(100).parse(cids), hard_delete: true };
    return (await http.call("DeleteChannels", TaskStarted, { json })).task_id;
  },
});

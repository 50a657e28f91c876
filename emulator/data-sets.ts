import { type Fields, MODERATION_SETS, type Source } from "./moderation-sets.ts";
import { nanoseconds } from "./timestamps.ts";

const media =
  (prefix: string, extension: string) =>
  (call_cid: string, index: number): Fields => {
    const filename = `${prefix}-${index}.${extension}`;
    const url = `https://files.example/${encodeURIComponent(call_cid)}/${filename}`;
    return { call_cid, session_id: "session-0", filename, url };
  };

/** Places besides the export in which Stream keeps personal data. A record belongs to a user, or to a call. */
export const DATA_SETS = {
  blocks: {
    goesWith: "user",
    owner: "user_id",
    describe: (user_id, index) => ({ user_id, blocked_user_id: `blocked-${index}` }),
  },
  drafts: {
    goesWith: "user",
    owner: "user_id",
    describe: (user_id, index) => ({
      user_id,
      channel_cid: `messaging:draft-${index}`,
      message: { id: `${user_id}-draft-${index}`, text: "What I never sent", custom: {} },
    }),
  },
  reminders: {
    goesWith: "user",
    owner: "user_id",
    describe: (user_id, index) => ({
      user_id,
      channel_cid: "messaging:general",
      message_id: `general-${index}`,
    }),
  },
  polls: {
    goesWith: "user",
    owner: "created_by_id",
    describe: (created_by_id, index) => ({
      id: `${created_by_id}-poll-${index}`,
      name: "Where shall we eat?",
      created_by_id,
      options: [{ id: "option-0", text: "At home" }],
      custom: {},
    }),
  },
  votes: {
    goesWith: "user",
    owner: "user_id",
    describe: (user_id, index) => ({
      id: `${user_id}-vote-${index}`,
      user_id,
      poll_id: `${user_id}-poll-0`,
      option_id: "option-0",
    }),
  },
  threads: {
    goesWith: "messages",
    owner: "created_by_user_id",
    describe: (created_by_user_id, index) => ({
      created_by_user_id,
      channel_cid: "messaging:general",
      parent_message_id: `${created_by_user_id}-thread-${index}`,
      title: "",
      custom: {},
    }),
  },
  liveLocations: {
    goesWith: "messages",
    owner: "user_id",
    describe: (user_id, index) => ({
      user_id,
      channel_cid: "messaging:general",
      message_id: `${user_id}-location-${index}`,
      created_by_device_id: `${user_id}-device`,
      latitude: 52.52,
      longitude: 13.405,
    }),
  },
  ...MODERATION_SETS,
  recordings: { goesWith: "call", owner: "call_cid", describe: media("rec", "mp4") },
  transcriptions: { goesWith: "call", owner: "call_cid", describe: media("transcript", "jsonl") },
} as const satisfies Record<string, Source>;

export type DataSet = keyof typeof DATA_SETS;
export const DATA_SET_NAMES = Object.keys(DATA_SETS) as DataSet[];

export type RecordFields = Readonly<Fields>;

/** Makes up a record of a set. */
export const describeRecord = (
  set: DataSet,
  owner: string,
  index: number,
  at: number,
): RecordFields => {
  const times = { created_at: nanoseconds(at), updated_at: nanoseconds(at) };
  return { ...DATA_SETS[set].describe(owner, index), ...times };
};

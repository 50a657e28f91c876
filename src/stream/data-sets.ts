import { z } from "zod";
import {
  byUser,
  CURSOR,
  type DataSetSource,
  filtered,
  inBody,
  type Product,
} from "./data-set-source.ts";

const CHAT = ["chat"] as const;
const VIDEO = ["video"] as const;
const MODERATED = ["chat", "feeds"] as const;

/**
 * What Stream holds of a user besides the profile, messages and reactions of a user export, and apart from Feeds, which has an export
 * of its own. Operation ids are Stream's.
 */
export const DATA_SETS = {
  devices: { operation: "ListDevices", items: "devices", paging: "whole", request: byUser },
  blocks: { operation: "GetBlockedUsers", items: "blocks", paging: "whole", request: byUser },
  memberships: {
    products: CHAT,
    operation: "QueryChannels",
    items: "channels",
    paging: { by: "offset", limit: 30 },
    // Without state: the members and messages of a channel are other people's data.
    request: (user_id, page) => ({
      json: {
        filter_conditions: { members: { $in: [user_id] } },
        sort: [{ field: "created_at", direction: 1 }],
        user_id,
        state: false,
        ...page,
      },
    }),
  },
  drafts: {
    products: CHAT,
    operation: "QueryDrafts",
    items: "drafts",
    paging: CURSOR,
    request: inBody,
  },
  reminders: {
    products: CHAT,
    operation: "QueryReminders",
    items: "reminders",
    paging: CURSOR,
    request: inBody,
  },
  polls: {
    products: CHAT,
    operation: "QueryPolls",
    items: "polls",
    paging: CURSOR,
    request: filtered("created_by_id"),
    nameOf: (poll) => ({ poll_id: Poll.parse(poll).id }),
  },
  poll_votes: {
    products: CHAT,
    operation: "QueryPollVotes",
    items: "votes",
    paging: CURSOR,
    within: "polls",
    request: filtered("user_id"),
  },
  threads: {
    products: CHAT,
    operation: "QueryThreads",
    items: "threads",
    // Clients may ask for 25; what servers may is not documented.
    paging: { by: "cursor", limit: 25 },
    // Without replies, participants and members, who are other people.
    request: (user, page) => ({
      json: {
        filter: { created_by_user_id: user },
        reply_limit: 0,
        participant_limit: 0,
        member_limit: 0,
        ...page,
      },
    }),
  },
  live_locations: {
    products: CHAT,
    operation: "GetUserLiveLocations",
    items: "active_live_locations",
    paging: "whole",
    request: byUser,
  },
  bans: {
    products: CHAT,
    operation: "QueryBannedUsers",
    items: "bans",
    paging: { by: "offset", limit: 100 },
    request: (user_id, page) => ({
      searchParams: { payload: JSON.stringify({ filter_conditions: { user_id }, ...page }) },
    }),
  },
  flags: {
    products: MODERATED,
    operation: "QueryModerationFlags",
    items: "flags",
    paging: CURSOR,
    request: filtered("entity_creator_id"),
  },
  review_queue: {
    products: MODERATED,
    operation: "QueryReviewQueue",
    items: "items",
    paging: CURSOR,
    request: filtered("entity_creator_id"),
  },
  appeals: {
    products: MODERATED,
    operation: "QueryAppeals",
    items: "items",
    paging: CURSOR,
    request: filtered("user_id"),
  },
  moderation_logs: {
    products: MODERATED,
    operation: "QueryModerationLogs",
    items: "logs",
    paging: CURSOR,
    request: filtered("target_user_id"),
  },
  calls: {
    products: VIDEO,
    operation: "QueryCalls",
    items: "calls",
    paging: CURSOR,
    request: (user, page) => ({
      json: {
        filter_conditions: { $or: [{ members: { $in: [user] } }, { created_by_user_id: user }] },
        ...page,
      },
    }),
    nameOf: (call) => callOf(call),
  },
  recordings: {
    products: VIDEO,
    operation: "ListRecordings",
    items: "recordings",
    paging: "whole",
    within: "calls",
    request: () => ({}),
  },
  transcriptions: {
    products: VIDEO,
    operation: "ListTranscriptions",
    items: "transcriptions",
    paging: "whole",
    within: "calls",
    request: () => ({}),
  },
} as const satisfies Record<string, DataSetSource>;

export const DataSet = z.enum(Object.keys(DATA_SETS) as [keyof typeof DATA_SETS]);
export type DataSet = z.infer<typeof DataSet>;

/** The data sets that an app with these products has. */
export const dataSetsOf = (products: readonly Product[]): DataSet[] =>
  DataSet.options.filter((set) => {
    const source: DataSetSource = DATA_SETS[set];
    return source.products?.some((product) => products.includes(product)) ?? true;
  });

const Poll = z.looseObject({ id: z.string() });
const Call = z.looseObject({ call: z.looseObject({ type: z.string(), id: z.string() }) });

/** The path parameters that name a call, from an item of data set `calls`. */
export const callOf = (item: unknown): { type: string; id: string } => {
  const { type, id } = Call.parse(item).call;
  return { type, id };
};

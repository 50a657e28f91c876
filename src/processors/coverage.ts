import type { AccessPayload } from "../queues/payloads.ts";
import type { DataSetExport, Manifest, UserExport } from "../results/manifest.ts";
import type { Product } from "../stream/data-set-source.ts";

/** What `manifest.json` says of a package. */
export const manifestOf = (
  { requestId, connection }: AccessPayload,
  users: readonly UserExport[],
  products: readonly Product[],
  now: number,
): Manifest => ({
  version: 1,
  requestId,
  connection,
  createdAt: new Date(now).toISOString(),
  complete: users.every(isComplete),
  users,
  notCovered: [
    ...EVERYWHERE,
    ...(["chat", "video", "feeds"] as const).flatMap((product) =>
      products.includes(product) ? WITHIN[product] : [WITHOUT[product]],
    ),
  ],
});

const isComplete = (user: UserExport): boolean =>
  user.status === "absent" ||
  (user.status === "complete" && user.dataSets.every(({ status }) => DONE.has(status)));

const DONE: ReadonlySet<DataSetExport["status"]> = new Set(["complete", "empty", "skipped"]);

/** What Stream holds elsewhere and lists for no user. */
const EVERYWHERE = [
  "the contents of uploaded files: their URLs are in the messages",
  "mutes, user groups and segments: Stream lists none of them for a user who is not signed in",
  "what other people wrote about the user, or quoted",
];

const WITHIN: Record<Product, readonly string[]> = {
  chat: [
    "votes in other people's polls: Stream lists votes poll by poll",
    "earlier versions of edited messages: Stream keeps them for some plans only",
    "how far the user has read in each channel",
  ],
  video: [
    "the contents of recordings and transcriptions: their URLs are in those data sets",
    "call statistics and feedback",
  ],
  feeds: ["memberships in other people's feeds, interests, and revisions of activities"],
};

const WITHOUT: Record<Product, string> = {
  chat: "chat beyond messages and reactions: not a product of this connection",
  video: "calls and their recordings: video is not a product of this connection",
  feeds: "activities, comments, follows and bookmarks: feeds is not a product of this connection",
};

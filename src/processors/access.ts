import type { UserId } from "../identifiers.ts";
import type { AccessPayload } from "../queues/payloads.ts";
import type { ExportPackage } from "../results/store.ts";
import type { WrittenExport } from "../results/write-export.ts";
import type { StreamApp } from "../stream/app.ts";
import { StreamError } from "../stream/errors.ts";
import { type Context, connectionOf } from "./context.ts";
import type { Verdict } from "./verdict.ts";

type UserExport =
  | ({ status: "exported"; userId: UserId; file: string } & WrittenExport)
  | { status: "absent"; userId: UserId }
  | { status: "too_large"; userId: UserId; detail: string };

/** Exports everything that ExportUser gives for the subject into the result store. */
export const processAccess = async (
  payload: AccessPayload,
  context: Context,
  signal?: AbortSignal,
): Promise<Verdict> => {
  const { stream } = connectionOf(context, payload.connection);
  const { subject, requestId } = payload;
  const userIds = "userId" in subject ? [subject.userId] : await stream.findByEmail(subject.email);
  await context.journal.collecting(requestId);

  await using draft = await context.results.begin(requestId);
  const users: UserExport[] = [];
  for (const userId of userIds) {
    users.push(await exportOne(stream, draft, userId, `user-${users.length + 1}.json`, signal));
  }
  const found = users.filter((user) => user.status !== "absent");
  if (found.length === 0) return { kind: "completed", outcome: "no_match", users: 0 };
  const reference = await draft.commit(manifestOf(payload, users, context.now()));
  const tooLarge = found.find((user) => user.status === "too_large");
  return tooLarge
    ? {
        kind: "completed",
        outcome: "partially_exported",
        users: found.length,
        detail: tooLarge.detail,
        reference,
      }
    : { kind: "completed", outcome: "exported", users: found.length, reference };
};

const exportOne = async (
  stream: StreamApp,
  draft: ExportPackage,
  userId: UserId,
  file: string,
  signal: AbortSignal | undefined,
): Promise<UserExport> => {
  try {
    const body = await stream.exportUser(userId, signal);
    return { status: "exported", userId, file, ...(await draft.write(file, body)) };
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
    if (error.code === "not_found") return { status: "absent", userId };
    // The id was valid, so the one thing left that ExportUser refuses as invalid is the user's size.
    if (error.code === "invalid_input") return { status: "too_large", userId, detail: TOO_LARGE };
    throw error;
  }
};

const TOO_LARGE =
  "Stream's synchronous export refuses users with more than 10,000 messages or reactions";

/** What Stream holds elsewhere and ExportUser does not give. */
const NOT_COVERED = [
  "channel memberships and read state",
  "devices",
  "blocks, mutes and bans",
  "drafts, reminders, polls and votes",
  "moderation records and message edit history",
  "uploaded files (their URLs are in the messages)",
  "video calls and recordings",
  "feeds, activities and comments",
];

const manifestOf = (payload: AccessPayload, users: readonly UserExport[], now: number) => ({
  version: 1,
  requestId: payload.requestId,
  connection: payload.connection,
  createdAt: new Date(now).toISOString(),
  complete: users.every((user) => user.status === "exported"),
  users,
  covered: ["profile", "messages", "reactions"],
  notCovered: NOT_COVERED,
});

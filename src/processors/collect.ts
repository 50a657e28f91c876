import type { AccessPayload } from "../queues/payloads.ts";
import type { UserProgress } from "../requests/user-progress.ts";
import type { Manifest, UserExport } from "../results/manifest.ts";
import type { ExportPackage } from "../results/store.ts";
import type { StreamApp } from "../stream/app.ts";
import { StreamError } from "../stream/errors.ts";
import { type Context, connectionOf } from "./context.ts";
import type { Verdict } from "./verdict.ts";

/** The most messages that ExportUsers gives of a user. */
const MOST_MESSAGES = 10_000;
const TRUNCATED =
  "Stream's asynchronous export gives at most 10,000 messages a user; ask Stream for the rest";
const TOO_LARGE = "Stream refuses to export a user with more than 10,000 messages or reactions";

/**
 * Writes the package of an access request: of each user what ExportUser gives, or the file of an export task.
 * @returns every user's export, and a function that puts the package in place.
 */
export const collect = async (
  payload: AccessPayload,
  users: readonly UserProgress[],
  context: Context,
  signal: AbortSignal | undefined,
): Promise<AsyncDisposable & { users: UserExport[]; finish(): Promise<Verdict> }> => {
  const { stream } = connectionOf(context, payload.connection);
  const draft = await context.results.begin(payload.requestId);
  const exports: UserExport[] = [];
  try {
    for (const [index, user] of users.entries()) {
      exports.push(await exportOne(stream, draft, user, `user-${index + 1}`, signal));
    }
  } catch (error) {
    await draft[Symbol.asyncDispose]();
    throw error;
  }
  return {
    users: exports,
    finish: () => finish(payload, exports, draft, context.now()),
    [Symbol.asyncDispose]: () => draft[Symbol.asyncDispose](),
  };
};

const exportOne = async (
  stream: StreamApp,
  draft: ExportPackage,
  user: UserProgress,
  name: string,
  signal: AbortSignal | undefined,
): Promise<UserExport> => {
  const { userId } = user;
  if (user.state === "ready") {
    const file = `${name}.ndjson`;
    const written = await draft.write(file, stream.downloadExport(user.taskId, signal));
    const truncated = written.counts.messages === MOST_MESSAGES;
    return truncated
      ? { status: "truncated", userId, source: "ExportUsers", file, why: TRUNCATED, ...written }
      : { status: "complete", userId, source: "ExportUsers", file, ...written };
  }
  try {
    const file = `${name}.json`;
    const written = await draft.write(file, await stream.exportUser(userId, signal));
    return { status: "complete", userId, source: "ExportUser", file, ...written };
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
    if (error.code === "not_found") return { status: "absent", userId };
    // The id was valid, so the one thing left that ExportUser refuses as invalid is the user's size.
    if (error.code === "invalid_input") return { status: "too_large", userId, why: TOO_LARGE };
    throw error;
  }
};

const finish = async (
  payload: AccessPayload,
  exports: readonly UserExport[],
  draft: ExportPackage,
  now: number,
): Promise<Verdict> => {
  const users = exports.filter(({ status }) => status !== "absent").length;
  if (users === 0) return { kind: "completed", outcome: "no_match", users };
  const manifest = manifestOf(payload, exports, now);
  const pages = await draft.addPages(manifest);
  const reference = await draft.commit({ ...manifest, pages });
  const has = (status: UserExport["status"]) => exports.some((user) => user.status === status);
  if (has("too_large")) {
    return {
      kind: "completed",
      outcome: "partially_exported",
      users,
      detail: TOO_LARGE,
      reference,
    };
  }
  return has("truncated")
    ? { kind: "completed", outcome: "exported_truncated", users, detail: TRUNCATED, reference }
    : { kind: "completed", outcome: "exported", users, reference };
};

/** What Stream holds elsewhere and a user export does not give. */
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

const manifestOf = (
  payload: AccessPayload,
  users: readonly UserExport[],
  now: number,
): Manifest => ({
  version: 1,
  requestId: payload.requestId,
  connection: payload.connection,
  createdAt: new Date(now).toISOString(),
  complete: users.every(({ status }) => status === "complete" || status === "absent"),
  users,
  covered: ["profile", "messages", "reactions"],
  notCovered: NOT_COVERED,
});

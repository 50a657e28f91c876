import type { UserProgress } from "../requests/user-progress.ts";
import type { UserExport } from "../results/manifest.ts";
import type { ExportPackage } from "../results/store.ts";
import type { StreamApp } from "../stream/app.ts";
import { StreamError } from "../stream/errors.ts";

type WithoutSets<Export> = Export extends unknown ? Omit<Export, "dataSets"> : never;
/** What became of a user's own export: profile, messages, reactions. */
export type OwnExport = WithoutSets<UserExport>;

/** The most messages that ExportUsers gives of a user. */
const MOST_MESSAGES = 10_000;
export const TRUNCATED =
  "Stream's asynchronous export gives at most 10,000 messages a user; ask Stream for the rest";
export const TOO_LARGE =
  "Stream refuses to export a user with more than 10,000 messages or reactions";

/** Writes what ExportUser gives of a user, or the file of an export task that has ended. @throws StreamError. */
export const exportUser = async (
  stream: StreamApp,
  draft: ExportPackage,
  user: UserProgress,
  name: string,
  signal: AbortSignal | undefined,
): Promise<OwnExport> => {
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

import { createHmac, randomBytes } from "node:crypto";
import { z } from "zod";
import type { App } from "./app.ts";
import { answer, type Handler, parseInput, USER_ID } from "./call.ts";
import { exportParts } from "./export.ts";
import { readableUser } from "./leftovers.ts";
import { FILE } from "./messages.ts";
import type { StoredUser } from "./users.ts";

const ExportUsersRequest = z.object({
  user_ids: z
    .array(z.string().regex(USER_ID, "is not a valid user id"), "is a required field")
    .min(1, "must have at least 1 item")
    .max(25, "must have at most 25 items"),
});

/** ExportUsers: a task whose result is the URL of a file. */
export const exportUsers: Handler = ({ app, body, record }) => {
  const { user_ids } = parseInput(ExportUsersRequest, body);
  record.userIds = user_ids;
  const taskId = startExport(app, "ExportUsers", "users", () => {
    // A guess: ids that do not exist are simply missing from the file.
    const exported = user_ids.flatMap((id) => readableUser(app, id) ?? []);
    return () => lines(exported, app.settings.exportFileLimit);
  });
  record.taskId = taskId;
  return answer({ task_id: taskId });
};

/** Starts a task that keeps a file at its end and answers with a fresh signed URL at each look. */
export const startExport = (
  app: App,
  operation: "ExportUsers" | "ExportFeedUserData",
  folder: string,
  collect: () => () => Iterable<string>,
): string => {
  const taskId = app.tasks.start(operation, () => {
    const path = `/exports/${folder}/${taskId}.jsonl`;
    app.exportFiles.set(path, { open: collect() });
    return (now) => ({ url: signedUrl(app, path, now) });
  });
  return taskId;
};

/** A file is made anew as often as it is downloaded, so that its size never matters. */
export type ExportFile = { open: () => Iterable<string>; size?: number };

export const isSignedBy = (app: App, path: string, query: URLSearchParams): boolean =>
  query.get("Signature") === sign(app, path, query.get("Expires") ?? "", query.get("Nonce") ?? "");

// A guess: Stream says "line-separated JSON" and lists the contents; here each line is one user.
function* lines(users: readonly StoredUser[], limit: number | false): Generator<string> {
  for (const user of users) {
    yield* exportParts(user, FILE, () => ',"calls":[]', limit || undefined);
    yield "\n";
  }
}

const signedUrl = (app: App, path: string, now: number): string => {
  const expires = String(now + app.settings.tasks.urlMs);
  const nonce = randomBytes(6).toString("hex");
  const signature = sign(app, path, expires, nonce);
  return `${app.origin()}${path}?Expires=${expires}&Nonce=${nonce}&Signature=${signature}`;
};

const sign = (app: App, path: string, expires: string, nonce: string): string =>
  createHmac("sha256", app.settings.apiSecret).update(`${path} ${expires} ${nonce}`).digest("hex");

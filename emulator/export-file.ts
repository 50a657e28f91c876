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
    return () => lines(exported, app.settings.exportLimit);
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
    app.exportFiles.set(path, collect());
    return (now) => ({ url: signedUrl(app, path, now) });
  });
  return taskId;
};

export type Download =
  | { status: 200; parts: Iterable<string> }
  | { status: 403 | 404; reason: string };

/** Opens an export file by its path, as the storage behind Stream does: the signature is all it asks for. */
export const openExportFile = (
  apps: Iterable<App>,
  path: string,
  query: URLSearchParams,
): Download => {
  for (const app of apps) {
    app.advance();
    const open = app.exportFiles.get(path);
    if (!open) continue;
    const expires = query.get("Expires") ?? "";
    const signature = sign(app, path, expires, query.get("Nonce") ?? "");
    if (query.get("Signature") !== signature)
      return { status: 403, reason: "SignatureDoesNotMatch" };
    if (app.now() > Number(expires)) return { status: 403, reason: "Request has expired" };
    return { status: 200, parts: open() };
  }
  return { status: 404, reason: "NoSuchKey" };
};

// A guess: Stream says "line-separated JSON" and lists the contents; here each line is one user.
function* lines(users: readonly StoredUser[], limit: number): Generator<string> {
  for (const user of users) {
    yield* exportParts(user, FILE, () => ',"calls":[]', limit);
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

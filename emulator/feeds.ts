import { z } from "zod";
import type { App } from "./app.ts";
import { answer, type Handler, parseInput, userIdFrom } from "./call.ts";
import { notFound } from "./errors.ts";
import { startExport } from "./export-file.ts";
import { leavesOf, store } from "./leftovers.ts";
import { rfc3339 } from "./timestamps.ts";
import { type StoredUser, userView } from "./users.ts";

/** ExportFeedUserData. That its result is a URL, as ExportUsers' is, is a guess. */
export const exportFeedUserData: Handler = (call) => {
  const { app, record } = call;
  const user = storedUser(app, userIdFrom(call));
  record.userIds = [user.id];
  if (user.feedActivities === 0 && app.settings.exportOfEmptyFeeds === "not_found") {
    throw notFound(`the user ${user.id} does not exist`);
  }
  app.lingering.shown(user.id);
  const taskId = startExport(app, "ExportFeedUserData", "feeds", () => () => feedLines(user));
  record.taskId = taskId;
  return answer({ task_id: taskId });
};

const DeleteFeedUserDataRequest = z.object({ hard_delete: z.boolean().nullish() });

/** DeleteFeedUserData: feeds content only, which DeleteUsers leaves alone. */
export const deleteFeedUserData: Handler = (call) => {
  const { app, record, body } = call;
  const { hard_delete } = parseInput(DeleteFeedUserDataRequest, body);
  const { id } = storedUser(app, userIdFrom(call));
  record.userIds = [id];
  const taskId = app.tasks.start("DeleteFeedUserData", () => {
    if (hard_delete) eraseOrLeave(app, id);
    // A guess: what such a task answers is not documented.
    return () => ({});
  });
  record.taskId = taskId;
  return answer({ task_id: taskId });
};

const storedUser = ({ users }: App, id: string): StoredUser => {
  const user = users.stored(id);
  if (user) return user;
  throw notFound(`the user ${id} ${users.wasErased(id) ? "was deleted" : "does not exist"}`);
};

const eraseOrLeave = (app: App, id: string): void => {
  const leaves = leavesOf(app, id);
  if (!leaves?.feedActivities) eraseFeeds(app, id);
  else if (leaves.leavesFor) app.lingering.add(id, leaves.leavesFor, () => eraseFeeds(app, id));
};

const eraseFeeds = (app: App, id: string): void => {
  const user = app.users.stored(id);
  if (user) store(app, { ...user, feedActivities: 0 });
};

function* feedLines(user: StoredUser): Generator<string> {
  yield `${JSON.stringify({ type: "user", data: userView(user, rfc3339) })}\n`;
  for (let index = 0; index < user.feedActivities; index += 1) {
    const data = { id: `${user.id}-activity-${index}`, created_at: rfc3339(user.createdAt) };
    yield `${JSON.stringify({ type: "activity", data })}\n`;
  }
}

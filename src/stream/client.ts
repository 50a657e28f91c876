import { z } from "zod";
import { TaskId, UserId } from "../identifiers.ts";
import type { CallOptions, Http } from "./http.ts";
import { AppAnswer, RateLimitsAnswer, TaskAnswer, TaskStarted, UsersAnswer } from "./schemas.ts";
import { readTask, type Task } from "./task.ts";

/** What a deletion covers (DeleteUsers). Leaving out `user` would mean *soft*, which is not erasure. */
export const DeletionOptions = z
  .strictObject({
    user: z.enum(["soft", "pruning", "hard"]).default("hard"),
    messages: z.enum(["soft", "pruning", "hard"]).default("hard"),
    conversations: z.enum(["soft", "hard"]).default("hard"),
    calls: z.enum(["soft", "hard"]).default("hard"),
    files: z.boolean().default(true),
    newChannelOwnerId: UserId.optional(),
    newCallOwnerId: UserId.optional(),
  })
  .refine(
    ({ user, messages, conversations }) =>
      user !== "hard" || (messages === "hard" && conversations === "hard"),
    { path: ["user"], error: "hard needs messages and conversations to be hard as well" },
  );
export type DeletionOptions = z.infer<typeof DeletionOptions>;

type FoundUser = { id: UserId; devices: readonly string[] };

export type StreamClient = {
  /** GetApp. @returns the app's name and whether it is suspended. */
  getApp(): Promise<{ name: string; suspended: boolean }>;
  /** GetRateLimits, server side. `reset` is in seconds since the epoch. */
  getRateLimits(): Promise<z.infer<typeof RateLimitsAnswer>["server_side"]>;
  /**
   * QueryUsers, all pages, deactivated users included. @returns the users that match, and the ids of their push devices.
   * @param atMost how many there can be, which saves asking for an empty last page.
   */
  queryUsers(filter: Record<string, unknown>, atMost?: number): Promise<FoundUser[]>;
  /** ExportUser. @returns the body exactly as Stream sends it. */
  exportUser(user: UserId, signal?: AbortSignal): Promise<AsyncIterable<Buffer>>;
  /** ExportUsers, 1 to 25 users. @returns the task whose result is the URL of a file, one line of JSON a user. */
  exportUsers(users: readonly UserId[]): Promise<TaskId>;
  /** DeleteUsers, 1 to 100 users. @returns the task that does it. */
  deleteUsers(
    users: readonly UserId[],
    options: DeletionOptions,
    call?: Pick<CallOptions, "slotTaken">,
  ): Promise<TaskId>;
  /** GetTask. @throws StreamError `not_found` when Stream does not know the task. */
  getTask(task: TaskId): Promise<Task>;
};

const PAGE = 100;

/** Stream's operations as functions. All throw StreamError. */
export const openClient = (http: Http): StreamClient => ({
  async getApp() {
    const { app } = await http.call("GetApp", AppAnswer);
    return { name: app.name, suspended: app.suspended };
  },
  async getRateLimits() {
    const searchParams = { server_side: true };
    return (await http.call("GetRateLimits", RateLimitsAnswer, { searchParams })).server_side;
  },
  async queryUsers(filter, atMost = Number.POSITIVE_INFINITY) {
    const found: FoundUser[] = [];
    for (;;) {
      const { users } = await http.call("QueryUsers", UsersAnswer, {
        searchParams: { payload: JSON.stringify(pageAfter(found.at(-1)?.id, filter)) },
      });
      found.push(
        ...users.map(({ id, devices }) => ({ id, devices: (devices ?? []).map(({ id }) => id) })),
      );
      if (users.length < PAGE || found.length >= atMost) return found;
    }
  },
  exportUser: (user, signal) =>
    http.stream("ExportUser", { parameters: { user_id: UserId.parse(user) }, signal }),
  async exportUsers(users) {
    const json = { user_ids: z.array(UserId).min(1).max(25).parse(users) };
    return (await http.call("ExportUsers", TaskStarted, { json })).task_id;
  },
  async deleteUsers(users, { newChannelOwnerId, newCallOwnerId, ...options }, call = {}) {
    const body = {
      user_ids: z.array(UserId).min(1).max(100).parse(users),
      ...options,
      ...(newChannelOwnerId && { new_channel_owner_id: newChannelOwnerId }),
      ...(newCallOwnerId && { new_call_owner_id: newCallOwnerId }),
    };
    return (await http.call("DeleteUsers", TaskStarted, { ...call, json: body })).task_id;
  },
  async getTask(task) {
    return readTask(
      await http.call("GetTask", TaskAnswer, { parameters: { id: TaskId.parse(task) } }),
    );
  },
});

// Offsets end at 1,000 (QueryUsers), so pages go by id.
const pageAfter = (lastId: UserId | undefined, filter: Record<string, unknown>) => ({
  filter_conditions: lastId ? { $and: [filter, { id: { $gt: lastId } }] } : filter,
  sort: [{ field: "id", direction: 1 }],
  limit: PAGE,
  include_deactivated_users: true,
});

import { z } from "zod";
import { TaskId, UserId } from "../identifiers.ts";

/** Stream's error envelope (`APIError`); edge proxies answer without one. */
export const ApiError = z.looseObject({
  code: z.int(),
  unrecoverable: z.boolean().optional(),
});

/** GetApp: the few fields that the credentials check reads. The answer also holds secrets; never log it. */
export const AppAnswer = z.looseObject({
  app: z.looseObject({
    name: z.string().default(""),
    suspended: z.boolean().default(false),
  }),
});

/** QueryUsers: ids, and those of push devices; the rest of a profile is dropped, a hundred times in each answer. */
export const UsersAnswer = z.object({
  users: z.array(
    z.object({ id: UserId, devices: z.array(z.object({ id: z.string() })).nullish() }),
  ),
});

/** DeleteUsers and other asynchronous operations. */
export const TaskStarted = z.looseObject({ task_id: TaskId });

/** GetTask. `status` is an open list at Stream; only `completed` and `failed` are ends. */
export const TaskAnswer = z.looseObject({
  status: z.string(),
  result: z.record(z.string(), z.unknown()).nullish(),
  error: z.looseObject({ type: z.string().default("") }).nullish(),
});

/** One user's entry in the result of a completed DeleteUsers task. */
export const UserResult = z.looseObject({
  status: z.string(),
  error: z.string().optional(),
});

/** GetRateLimits with `server_side=true`. */
export const RateLimitsAnswer = z.looseObject({
  server_side: z
    .record(z.string(), z.looseObject({ limit: z.int(), remaining: z.int(), reset: z.int() }))
    .default({}),
});

import { z } from "zod";

/** Names one data subject request everywhere: job id, record, folder. BullMQ refuses `:` and bare integers. */
export const RequestId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,128}$/, "must be 1 to 128 of A-Z a-z 0-9 _ -")
  .regex(/[^0-9]/, "must not be a bare number (BullMQ refuses those as job ids); add a prefix")
  .brand<"RequestId">();
export type RequestId = z.infer<typeof RequestId>;

/** A Stream user id; `.` and `..` would climb out of the URL path. */
export const UserId = z
  .string()
  .regex(/^[@\w .-]{1,255}$/, "must be a Stream user id: 1 to 255 of A-Z a-z 0-9 @ _ . - and space")
  .refine((id) => id !== "." && id !== "..", "must not be . or ..")
  .brand<"UserId">();
export type UserId = z.infer<typeof UserId>;

/** Names an asynchronous task at Stream (a UUID today; only what we build job ids from is required). */
export const TaskId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,128}$/)
  .brand<"TaskId">();
export type TaskId = z.infer<typeof TaskId>;

/** Names one Stream app in our configuration. */
export const ConnectionName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 of A-Z a-z 0-9 _ -")
  .brand<"ConnectionName">();
export type ConnectionName = z.infer<typeof ConnectionName>;

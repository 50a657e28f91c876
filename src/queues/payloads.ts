import { z } from "zod";
import { ConnectionName, RequestId, TaskId, UserId } from "../identifiers.ts";

export const Subject = z
  .union([z.strictObject({ userId: UserId }), z.strictObject({ email: z.email().max(320) })])
  .meta({ description: "Whom the request is about: a Stream user id, or an e-mail address." });
export type Subject = z.infer<typeof Subject>;

const request = {
  version: z.literal(1).meta({ description: "Version of this payload format." }),
  requestId: RequestId.meta({ description: "Your name for the request; use it as job id too." }),
  connection: ConnectionName.default("default" as ConnectionName).meta({
    description: "The configured connection (Stream app) that holds the user.",
  }),
  subject: Subject,
  dueAt: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: "When the request must be answered, RFC 3339." }),
  regulation: z.enum(["gdpr", "ccpa"]).optional().meta({
    description:
      "Instead of dueAt: one month (gdpr) or 45 days (ccpa) from the time it was queued.",
  }),
  metadata: z
    .record(z.string(), z.json())
    .optional()
    .meta({ description: "Yours; kept with the open request, never read, never logged." }),
};

/** A request to export everything Stream holds about the subject. */
export const AccessPayload = z
  .strictObject(request)
  .meta({ title: "stream-dsr access request", description: "Data of a job in queue `access`." });
export type AccessPayload = z.infer<typeof AccessPayload>;

/** A request to erase everything Stream holds about the subject. */
export const DeletePayload = z
  .strictObject({
    ...request,
    dryRun: z
      .boolean()
      .default(false)
      .meta({ description: "Stop after the look-up and say how many users would be deleted." }),
  })
  .meta({ title: "stream-dsr delete request", description: "Data of a job in queue `delete`." });
export type DeletePayload = z.infer<typeof DeletePayload>;

/** What a Stream task is for. */
export const TaskPurpose = z.enum(["deletion", "export"]);
export type TaskPurpose = z.infer<typeof TaskPurpose>;

/** How far the reading of Stream after a deletion has come; `exports` are tasks, null for users read one by one. */
const Verification = z.strictObject({
  round: z.union([z.literal(1), z.literal(2)]),
  exports: z.array(TaskId.nullable()).nullable(),
  /** How many users the exports are of; should more come to the task, the round begins anew. */
  users: z.int().positive().optional(),
  /** Of each user, in their order: how many things of Feeds there are, or the task of the export that will tell. */
  feeds: z.array(z.union([z.int(), TaskId, z.null()])).optional(),
  /** Of each user, in their order: how many devices there are. */
  devices: z.array(z.int()).optional(),
  since: z.iso.datetime().optional(),
});

/** One Stream task to follow. Only the workers write these; which requests it serves is kept in Redis. */
export const TaskStatusPayload = z
  .strictObject({
    version: z.literal(1),
    connection: ConnectionName,
    taskId: TaskId,
    purpose: TaskPurpose.default("deletion"),
    submittedAt: z.iso.datetime(),
    verification: Verification.optional(),
  })
  .meta({ title: "stream-dsr task status", description: "Data of a job in queue `task-status`." });
export type TaskStatusPayload = z.infer<typeof TaskStatusPayload>;

/** A payload that cannot be worked. The message names each field and the fix and repeats no value. */
export class InvalidPayloadError extends Error {
  override name = "InvalidPayloadError";
  readonly code = "invalid_payload";
  constructor(error: z.ZodError) {
    super(`The payload is not valid: ${describeIssues(error.issues)}`);
  }
}

/**
 * Parses data that came from a producer or from Redis.
 * @throws InvalidPayloadError naming every wrong field.
 */
export const parsePayload = <Schema extends z.ZodType>(
  schema: Schema,
  data: unknown,
): z.output<Schema> => {
  const result = schema.safeParse(data);
  if (!result.success) throw new InvalidPayloadError(result.error);
  return result.data;
};

const describeIssues = (issues: readonly z.core.$ZodIssue[]): string =>
  issues.map((issue) => `${fieldOf(issue.path)}: ${describeIssue(issue)}`).join("; ");

const describeIssue = (issue: z.core.$ZodIssue): string => {
  if (issue.code === "unrecognized_keys") return `remove ${issue.keys.map(safeKey).join(", ")}`;
  if (issue.path[0] === "subject")
    return 'must be {"userId": "…"} or {"email": "…"}, valid and alone';
  return issue.message;
};

const fieldOf = (path: readonly PropertyKey[]): string =>
  path.length === 0 ? "payload" : path.slice(0, 2).map(safeKey).join(".");

// A key may itself be personal data ({"ann@example.com": …}); only plain field names are repeated.
const safeKey = (key: PropertyKey): string =>
  /^[A-Za-z][A-Za-z0-9_]{0,30}$/.test(String(key)) ? String(key) : "a field with an unusual name";

import type { RequestId, TaskId } from "../identifiers.ts";
import type { TaskPurpose, TaskStatusPayload } from "../queues/payloads.ts";
import type { Outcome } from "../requests/record.ts";
import type { UserProgress } from "../requests/user-progress.ts";
import type { Left } from "../stream/leftovers.ts";
import type { UserEnd } from "../stream/task.ts";

/** What became of a user when a Stream task ended, or why that will never be known. */
export type End = UserEnd | "task_failed" | "task_unknown" | "task_deadline";

/**
 * All that a processor may answer. A throw is the one thing besides: it means "try again".
 * - `completed`: the request is done; `outcome` says what is true.
 * - `pending`: Stream works on it; follow the tasks of these users. `resume` names requests whose own jobs must do the rest.
 * - `later`: not now, come back at `at` (ms since the epoch); costs no attempt. `hold` tells a human why.
 * - `rejected`: will not work however often it is tried.
 * - `verified`: Stream has been read again; `leftOf` says what was found of a user, or that it could not be read.
 * - `ended`: a Stream task has ended; `endOf` says what that means for each of its users.
 */
export type Verdict =
  | { kind: "completed"; outcome: Outcome; users: number; detail?: string; reference?: string }
  | {
      kind: "pending";
      purpose: TaskPurpose;
      submissions: readonly Submission[];
      resume?: readonly RequestId[];
    }
  | {
      kind: "later";
      at: number;
      hold?: { reason: string; message: string };
      /** What the job's next run needs to know. */
      data?: TaskStatusPayload;
    }
  | { kind: "rejected"; reason: string; message: string }
  | { kind: "verified"; taskId: TaskId; leftOf(userId: string): Left | "unknown" | undefined }
  | {
      kind: "ended";
      taskId: TaskId;
      /** Whether Stream is read again before anybody is called erased. */
      verify: boolean;
      how: "completed" | "task_failed" | "task_unknown" | "task_deadline";
      endOf(userId: string): End;
      /** How many things the task's result has an error for. */
      errors: number;
    };

/** How far each user of a request has come once Stream has accepted the deletion. */
export type Submission = { requestId: RequestId; users: UserProgress[] };

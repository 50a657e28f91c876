import { z } from "zod";
import { type TaskAnswer, UserResult } from "./schemas.ts";

/** What a deletion task did to one user. */
export type UserEnd = "erased" | "absent" | "failed" | "not_reported";

export type Task =
  | { state: "running" }
  | { state: "failed" }
  | {
      state: "completed";
      /** What a deletion did to a user. */
      endOf(userId: string): UserEnd;
      /** For how many things the result has an error, those that were absent not counted. */
      errors: number;
      /** Where the file of an export is; signed, and made anew by each GetTask. */
      url: string | undefined;
    };

/**
 * Reads GetTask's answer. Any status other than `completed` and `failed` means that the task still runs.
 * A completed task is not a success: its result says for each user what became of it,
 * and a user that it does not name has not been confirmed.
 */
export const readTask = (answer: z.infer<typeof TaskAnswer>): Task => {
  switch (answer.status) {
    case "completed":
      return {
        state: "completed",
        endOf: (userId) => endOf(answer.result?.[userId]),
        errors: Object.values(answer.result ?? {}).filter((entry) => endOf(entry) === "failed")
          .length,
        url: z.url().safeParse(answer.result?.url).data,
      };
    case "failed":
      return { state: "failed" };
    default:
      return { state: "running" };
  }
};

// Stream gives per-user errors as text only; this is the one place that reads it.
const ABSENT = /not found|does(n't| not) exist|was deleted|already deleted|can't find/i;

const endOf = (entry: unknown): UserEnd => {
  const result = UserResult.safeParse(entry).data;
  if (!result) return "not_reported";
  if (result.status === "ok") return "erased";
  return ABSENT.test(result.error ?? "") ? "absent" : "failed";
};

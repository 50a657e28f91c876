import type { TaskId } from "../identifiers.ts";
import type { UserProgress } from "../requests/record.ts";
import type { StreamApp } from "../stream/app.ts";
import { StreamError } from "../stream/errors.ts";

/**
 * Has Stream delete the users that `needs` picks, and leaves the others as they are.
 * @returns every user's progress, and the first failure: what did succeed must be noted all the same.
 */
export const submitUsers = async (
  stream: StreamApp,
  users: readonly UserProgress[],
  needs: (user: UserProgress) => boolean,
): Promise<{ users: UserProgress[]; failure: unknown }> => {
  const attempts = await Promise.allSettled(
    users.map((user) => (needs(user) ? submitUser(stream, user) : user)),
  );
  return {
    users: attempts.map((attempt, index) =>
      attempt.status === "fulfilled" ? attempt.value : (users[index] as UserProgress),
    ),
    failure: attempts.find((attempt) => attempt.status === "rejected")?.reason,
  };
};

const submitUser = async (stream: StreamApp, user: UserProgress): Promise<UserProgress> => {
  const { userId, seen } = user;
  try {
    return { userId, seen, state: "submitted", taskId: await stream.submitDeletion(userId, seen) };
  } catch (error) {
    // An absent user is a finished deletion.
    if (error instanceof StreamError && error.code === "not_found") {
      return { userId, seen, state: "absent" };
    }
    throw error;
  }
};

/** The Stream tasks that these users wait for. */
export const openTasks = (users: readonly UserProgress[]): TaskId[] => [
  ...new Set(users.flatMap((user) => (user.state === "submitted" ? [user.taskId] : []))),
];

import type { TaskId, UserId } from "../identifiers.ts";
import type { UserProgress } from "../requests/user-progress.ts";
import type { StreamApp } from "../stream/app.ts";
import { StreamError } from "../stream/errors.ts";

type Attempt = { users: UserProgress[]; failure: unknown };

/**
 * Finds the users that `needs` picks a place in a call of DeleteUsers, and learns whether Stream shows them.
 * @returns also the number of push devices of those who have any: they have no place until these are gone.
 */
export const boardUsers = async (
  stream: StreamApp,
  users: readonly UserProgress[],
  needs: (user: UserProgress) => boolean,
): Promise<Attempt & { devices: ReadonlyMap<UserId, number> }> => {
  const owners = new Map<UserId, number>();
  const attempt = await attemptEach(users, needs, async (user) => {
    const { visible, devices } = await stream.boardDeletion(user.userId);
    if (devices > 0) owners.set(user.userId, devices);
    return { ...user, seen: user.seen || visible };
  });
  return { ...attempt, devices: owners };
};

/** Has Stream delete the users that `needs` picks, and leaves the others as they are. */
export const submitUsers = (
  stream: StreamApp,
  users: readonly UserProgress[],
  needs: (user: UserProgress) => boolean,
): Promise<Attempt> => attemptEach(users, needs, (user) => submitUser(stream, user));

/** @returns every user's progress, and the first failure: what did succeed must be noted all the same. */
const attemptEach = async (
  users: readonly UserProgress[],
  needs: (user: UserProgress) => boolean,
  step: (user: UserProgress) => Promise<UserProgress>,
): Promise<Attempt> => {
  const attempts = await Promise.allSettled(users.map((user) => (needs(user) ? step(user) : user)));
  return {
    users: users.map((user, index) => {
      const attempt = attempts[index];
      return attempt?.status === "fulfilled" ? attempt.value : user;
    }),
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

/** The Stream tasks whose status jobs still have something to do for these users. */
export const followedTasks = (users: readonly UserProgress[]): TaskId[] => {
  const followed = users.flatMap((user) =>
    user.state === "submitted" || user.state === "verifying" ? [user.taskId] : [],
  );
  return [...new Set(followed)];
};

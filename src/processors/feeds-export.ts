import type { AccessPayload } from "../queues/payloads.ts";
import { type Step, withNews } from "../requests/step.ts";
import type { UserProgress } from "../requests/user-progress.ts";
import { type Context, connectionOf } from "./context.ts";
import { advanceSteps, verdictOnSteps } from "./steps.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Has Stream export each user's Feeds, where the connection has that product: a task of its own, beside the user export.
 * @param known the steps as an earlier run left them.
 * @returns the steps, and what the request waits for or fails with; no verdict when every export is there.
 */
export const takeFeeds = async (
  { requestId, connection }: AccessPayload,
  users: readonly UserProgress[],
  known: readonly Step[],
  context: Context,
): Promise<{ steps: readonly Step[]; verdict?: Verdict | undefined }> => {
  const { stream, config } = connectionOf(context, connection);
  if (!config.products.includes("feeds")) return { steps: known };
  const works = [
    {
      name: "feeds" as const,
      begin: async (user: UserProgress["userId"]) => ({
        tasks: [await stream.exportFeeds(user)],
        count: 1,
      }),
    },
  ];
  const ids = users.map(({ userId }) => userId);
  const advance = await advanceSteps(works, ids, known, stream, context);
  const steps = withNews(known, advance.steps);
  if (advance.steps.some((step) => !known.includes(step))) {
    await context.journal.stepping(requestId, steps);
  }
  return { steps, verdict: verdictOnSteps(advance) };
};

import type { Job } from "bullmq";
import { BARE_QUEUES, type BareJob, type BareQueue } from "./bare-queues.ts";
import type { Lab } from "./lab.ts";
import { isIdle, until } from "./until.ts";

/** Adds one job a user for the bare worker, as our own producer adds requests: one call a job. */
export const addBare = async (
  lab: Lab,
  type: BareQueue,
  userIds: readonly string[],
): Promise<Job[]> => {
  const queue = lab.queue<BareJob>(BARE_QUEUES[type]);
  return Promise.all(userIds.map((userId) => queue.add(type, { userId })));
};

/** Waits until the bare worker has nothing left to do. */
export const untilBareIdle = ({ redis }: Lab, type: BareQueue): Promise<void> =>
  until(() => isIdle(redis, `bull:${BARE_QUEUES[type]}`));

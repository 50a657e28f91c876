import { openProducer } from "../queues/producer.ts";

export type EnqueueOptions = {
  userId?: string;
  email?: string;
  requestId?: string;
  connection?: string;
  dueAt?: string;
  regulation?: "gdpr" | "ccpa";
  dryRun?: boolean;
};

/** `enqueue access|delete`: queues one request. @returns its id. @throws InvalidPayloadError; Error when Redis is away. */
export const enqueue = async (
  type: "access" | "delete",
  redisUrl: string,
  { userId, email, dryRun, ...options }: EnqueueOptions,
): Promise<string> => {
  // Whether this is a valid subject is the payload schema's to say.
  const subject = { ...(userId && { userId }), ...(email && { email }) } as { email: string };
  await using producer = await openProducer(redisUrl);
  return type === "access"
    ? await producer.requestAccess({ ...options, subject })
    : await producer.requestDelete({ ...options, subject, ...(dryRun && { dryRun }) });
};

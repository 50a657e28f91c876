import { z } from "zod";
import { ConnectionName, RequestId, TaskId } from "../identifiers.ts";
import { Outcome } from "../requests/record.ts";
import { StepName, StepState } from "../requests/step.ts";
import type { DeletionOptions } from "../stream/client.ts";

const Word = z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/);
const Counts = z.record(z.string().regex(/^[a-z][A-Za-z0-9_]{0,63}$/), z.int().nonnegative());
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const SentOptions = z.strictObject({
  user: z.enum(["soft", "pruning", "hard"]),
  messages: z.enum(["soft", "pruning", "hard"]),
  conversations: z.enum(["soft", "hard"]),
  calls: z.enum(["soft", "hard"]),
  files: z.boolean(),
  /** Whether channels and calls were handed to another user; who that is would be a user id. */
  newChannelOwner: z.boolean(),
  newCallOwner: z.boolean(),
});

const facts = {
  requestId: RequestId,
  type: z.enum(["access", "delete"]),
  connection: ConnectionName,
  subjectHmac: Sha256,
  options: SentOptions.nullable(),
  taskIds: z.array(TaskId),
  inventory: Counts.nullable(),
  verification: z.strictObject({ read: Counts, left: Counts }).nullable(),
  /** How far what is done beside the one call has come. */
  steps: z.partialRecord(StepName, StepState).optional(),
  history: z
    .array(
      z.strictObject({
        at: z.iso.datetime(),
        state: z.string().regex(/^[a-z_]{1,32}(\/[a-z][a-z0-9_-]{0,63})?$/),
      }),
    )
    .min(1),
};

const Completed = z.strictObject({ ...facts, status: z.literal("completed"), outcome: Outcome });
const Failed = z.strictObject({ ...facts, status: z.literal("failed"), reason: Word });

const link = {
  issuedAt: z.iso.datetime(),
  /** Of stream-dsr. */
  version: z.string().regex(/^\d+\.\d+\.\d+[0-9A-Za-z.+-]{0,32}$/),
  sequence: z.int().positive(),
  /** SHA-256 in hex of the previous receipt's JWS: what `sha256sum` says of its file. */
  previous: Sha256.nullable(),
};

/** What is known of a finished request. No field takes free text, so that nothing personal can slip in. */
export const ReceiptFacts = z.discriminatedUnion("status", [Completed, Failed]);
export type ReceiptFacts = z.infer<typeof ReceiptFacts>;

/**
 * The payload of a receipt: the facts and its place in the chain.
 * Receipts are verified by later versions of stream-dsr: new fields must be optional, none may go.
 */
export const ReceiptClaims = z
  .discriminatedUnion("status", [Completed.extend(link), Failed.extend(link)])
  .refine(({ sequence, previous }) => (sequence === 1) === (previous === null), {
    path: ["previous"],
    error: "only the first receipt has no previous one",
  });
export type ReceiptClaims = z.infer<typeof ReceiptClaims>;

/** The fields that make claims no receipt, by name only: keys further down and values could be personal. */
export const offendingFields = ({ issues }: z.ZodError): string =>
  [
    ...new Set(issues.map(({ path }) => (path.length > 0 ? String(path[0]) : "unknown field"))),
  ].join(", ");

/** @throws Error that names the fields which a receipt may not have like this, and repeats no value. */
export const parseFacts = (facts: ReceiptFacts): ReceiptFacts => {
  const parsed = ReceiptFacts.safeParse(facts);
  if (parsed.success) return parsed.data;
  throw new Error(`This may not go into a receipt: ${offendingFields(parsed.error)}`);
};

/** The deletion options as a receipt says them: without the user ids of new owners. */
export const sentOptions = ({
  newChannelOwnerId,
  newCallOwnerId,
  ...options
}: DeletionOptions): ReceiptFacts["options"] => ({
  ...options,
  newChannelOwner: newChannelOwnerId !== undefined,
  newCallOwner: newCallOwnerId !== undefined,
});

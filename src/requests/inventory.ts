import { z } from "zod";

const Counts = z.record(z.string(), z.int().nonnegative());

/** What Stream held of the users of a request before anything was deleted, in counts; no personal data. */
export const Inventory = z.strictObject({
  at: z.iso.datetime(),
  /** How many there are of each kind, all users together. */
  counts: Counts,
  /** Kinds of which there are at least so many: Stream gives no more. */
  atLeast: z.array(z.string()),
  /** Kinds that Stream would not give. */
  notRead: z.array(z.string()),
  /** Of these, what a deletion with the connection's options takes away from other people as well. */
  alsoOthers: Counts,
  /** Of these, what stays when the deletion is done. */
  remains: Counts,
});
export type Inventory = z.infer<typeof Inventory>;

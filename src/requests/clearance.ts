import { z } from "zod";

/** How far a deletion has come on its way to the irreversible call. Once it has `passed`, nobody can cancel it. */
export const Clearance = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({ kind: z.literal("approved") }),
  /** Until when, ms since the epoch. */
  z.strictObject({ kind: z.literal("waiting"), until: z.number() }),
  z.strictObject({ kind: z.literal("passed") }),
]);
export type Clearance = z.infer<typeof Clearance>;

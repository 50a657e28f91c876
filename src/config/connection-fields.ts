import { z } from "zod";
import { ConnectionName } from "../identifiers.ts";
import { DeletionOptions } from "../stream/client.ts";
import { Product } from "../stream/data-set-source.ts";
import { DataSet } from "../stream/data-sets.ts";

/** Ids that Stream itself gives to what is left of a deleted user. */
const STREAMS_OWN = ["deleted-user-*", "delete-user-*"];

/** What stands between a delete request and the irreversible call. */
export const Guards = z.strictObject({
  protectedUsers: z
    .array(z.string().min(1).max(255))
    .default([])
    .transform((given) => [...new Set([...STREAMS_OWN, ...given])]),
  mostUsers: z.int().positive().max(100).default(20),
  onSeveralMatches: z.enum(["all", "review"]).default("all"),
  graceSeconds: z
    .number()
    .nonnegative()
    .max(30 * 86_400)
    .default(0),
  mostDeletionsPerHour: z.int().positive().max(1_000_000).nullable().default(null),
});
export type Guards = z.infer<typeof Guards>;

/** What is deleted before DeleteUsers, which leaves it. All but the devices is other people's as well, so it must be asked for. */
const AlsoDelete = z.strictObject({
  devices: z.boolean().default(true),
  /** Calls of more than two people in which the user took part or which the user began, with all that belongs to them. */
  groupCalls: z.boolean().default(false),
  /** Recordings and transcriptions of such calls, where the calls themselves stay. */
  recordings: z.boolean().default(false),
  /** One-to-one channels that the other person has left: DeleteUsers takes only those with exactly two members. */
  abandonedConversations: z.boolean().default(false),
});

/** A connection as it is written down. */
export const ConnectionFields = z.strictObject({
  name: ConnectionName,
  apiKey: z.string().optional(),
  apiKeyFile: z.string().optional(),
  apiSecret: z.string().optional(),
  apiSecretFile: z.string().optional(),
  baseUrl: z.url({ protocol: /^https?$/ }).default("https://chat.stream-io-api.com"),
  asynchronousDeletion: z
    .enum(["wait-for-completion", "complete-on-submit"])
    .default("wait-for-completion"),
  products: z
    .array(Product)
    .min(1)
    .default(["chat"])
    .transform((given) => [...new Set(given)]),
  /** Data sets that an export leaves out, for instance because the app's plan does not include them. */
  skipDataSets: z.array(DataSet).default([]),
  deletion: DeletionOptions.prefault({}),
  alsoDelete: AlsoDelete.prefault({}),
  /** Before which deletions everything is counted. */
  inventory: z.enum(["dry-run", "always"]).default("dry-run"),
  verification: z
    .strictObject({
      enabled: z.boolean().default(true),
      delaySeconds: z
        .number()
        .nonnegative()
        .max(7 * 86_400)
        .default(300),
    })
    .prefault({}),
  guards: Guards.prefault({}),
  emailFields: z.array(z.string().min(1)).min(1).default(["email", "custom.email"]),
});
export type ConnectionFields = z.infer<typeof ConnectionFields>;

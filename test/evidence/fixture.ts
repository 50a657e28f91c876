import { generateKeyPairSync } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import { ReceiptFacts } from "../../src/evidence/claims.ts";
import { parseSigningKey, type SigningKey } from "../../src/evidence/keys.ts";
import { openEvidence } from "../../src/evidence/receipts.ts";
import { test as base } from "../helpers/redis.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z");

export const newKey = (): Promise<SigningKey> =>
  parseSigningKey(
    String(generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" })),
  );

/** A finished deletion, valid as it is. */
export const facts = (requestId: string, at = "2026-11-24T11:59:00.000Z"): ReceiptFacts =>
  ReceiptFacts.parse({
    requestId,
    type: "delete",
    connection: "default",
    subjectHmac: "ab".repeat(32),
    status: "completed",
    outcome: "erased_verified",
    options: {
      user: "hard",
      messages: "hard",
      conversations: "hard",
      calls: "hard",
      files: true,
      newChannelOwner: false,
      newCallOwner: false,
    },
    taskIds: ["t-1"],
    inventory: { users: 1, messages: 12 },
    verification: { read: { users: 1 }, left: { users: 0 } },
    history: [
      { at: "2026-11-24T11:58:00.000Z", state: "in_progress/resolving" },
      { at, state: "completed/erased_verified" },
    ],
  });

export const manyFacts = (count: number, name = "r"): ReceiptFacts[] =>
  Array.from({ length: count }, (_, n) => facts(`${name}-${n + 1}`));

/** `worker` opens evidence as a process of its own would: own connection, own key; all share folder and Redis. */
export const test = base
  .extend("receipts", ({ temporaryDirectory }) => join(temporaryDirectory, "receipts"))
  .extend("client", async ({ redisUrl }, { onCleanup }) => {
    const client = new Redis(redisUrl);
    onCleanup(() => client.disconnect());
    return client;
  })
  .extend("worker", async ({ redisUrl, temporaryDirectory }, { onCleanup }) => {
    const clients: Redis[] = [];
    onCleanup(() => {
      for (const client of clients) client.disconnect();
    });
    return async (key?: SigningKey) => {
      const redis = new Redis(redisUrl);
      clients.push(redis);
      return openEvidence({
        redis,
        prefix: "{test}",
        directory: temporaryDirectory,
        key: key ?? (await newKey()),
        now: () => NOW,
        version: "0.1.0",
      });
    };
  });

/** The receipts of a folder, in the order of the chain. */
export const receiptsIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((file) => file.endsWith(".jws")).sort();

/** What a JWS says, unverified. */
export const payloadOf = async (path: string): Promise<Record<string, unknown>> => {
  const [, payload] = (await readFile(path, "utf8")).split(".");
  return JSON.parse(Buffer.from(payload ?? "", "base64url").toString());
};

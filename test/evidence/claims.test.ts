import { describe, expect, test } from "vitest";
import {
  parseFacts,
  ReceiptClaims,
  type ReceiptFacts,
  sentOptions,
} from "../../src/evidence/claims.ts";
import { DeletionOptions } from "../../src/stream/client.ts";
import { facts } from "./fixture.ts";

const EMAIL = "ann@example.com";
const sound = facts("r-1");
const claims = {
  ...sound,
  issuedAt: "2026-11-24T12:00:00.000Z",
  version: "0.1.0",
  sequence: 2,
  previous: "0f".repeat(32),
};

describe("what a receipt may say", () => {
  test.each<[string, object]>([
    ["unknown field", { subject: { email: EMAIL } }],
    ["unknown field", { message: `The user ${EMAIL} is gone` }],
    ["requestId", { requestId: EMAIL }],
    ["connection", { connection: EMAIL }],
    ["subjectHmac", { subjectHmac: EMAIL }],
    ["outcome", { outcome: EMAIL }],
    ["options", { options: { ...sound.options, newChannelOwnerId: "ann" } }],
    ["taskIds", { taskIds: [EMAIL] }],
    ["inventory", { inventory: { [EMAIL]: 1 } }],
    ["inventory", { inventory: { users: "ann" } }],
    ["verification", { verification: { read: {}, left: {}, users: ["ann"] } }],
    ["verification", { verification: { read: { users: 1 }, left: { [EMAIL]: 1 } } }],
    ["history", { history: [{ at: claims.issuedAt, state: `failed/${EMAIL}` }] }],
    ["history", { history: [{ at: claims.issuedAt, state: "failed", user: "ann" }] }],
    ["history", { history: [] }],
  ])("has no room for personal data: %s %#", (field, change) => {
    expect(() => parseFacts({ ...sound, ...change } as ReceiptFacts)).toThrow(
      `This may not go into a receipt: ${field}`,
    );
  });

  test("takes a word as the reason of a failure, and no sentence", () => {
    const { outcome: _, ...rest } = sound as Extract<ReceiptFacts, { status: "completed" }>;
    const failed = { ...rest, status: "failed" as const, reason: "task_failed" };
    expect(parseFacts(failed)).toEqual(failed);
    const sentence = { ...failed, reason: `Stream refuses ${EMAIL}` };
    expect(() => parseFacts(sentence)).toThrow(/: reason$/);
  });

  test("names the previous receipt, unless it is the first", () => {
    const first = { ...claims, sequence: 1, previous: null };
    expect(ReceiptClaims.safeParse(claims).success).toBe(true);
    expect(ReceiptClaims.safeParse(first).success).toBe(true);
    expect(ReceiptClaims.safeParse({ ...claims, previous: null }).success).toBe(false);
    expect(ReceiptClaims.safeParse({ ...claims, sequence: 1 }).success).toBe(false);
  });
});

test("says that there are new owners, and not who", () => {
  const options = DeletionOptions.parse({ newChannelOwnerId: EMAIL, calls: "soft" });
  expect(sentOptions(options)).toEqual({
    user: "hard",
    messages: "hard",
    conversations: "hard",
    calls: "soft",
    files: true,
    newChannelOwner: true,
    newCallOwner: false,
  });
});

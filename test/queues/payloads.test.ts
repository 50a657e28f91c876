import { describe, expect, test } from "vitest";
import { AccessPayload, DeletePayload, parsePayload } from "../../src/queues/payloads.ts";

const request = { version: 1, requestId: "r-1", subject: { userId: "ann" } };
const messageOn = (data: unknown) => {
  try {
    parsePayload(DeletePayload, data);
  } catch (error) {
    return (error as Error).message;
  }
  return "accepted";
};

describe("a payload", () => {
  test("gets the default connection and no dry run", () => {
    expect(parsePayload(DeletePayload, request)).toEqual({
      ...request,
      connection: "default",
      dryRun: false,
    });
  });

  test("keeps metadata and due date as they are", () => {
    const full = { ...request, dueAt: "2026-12-24T00:00:00Z", metadata: { ticket: [1, null] } };
    expect(parsePayload(AccessPayload, full)).toMatchObject(full);
  });

  test.each([
    ["a missing version", { ...request, version: undefined }, "version"],
    ["another version", { ...request, version: 2 }, "version"],
    [
      "a bare number as request id",
      { ...request, requestId: "42" },
      "requestId: must not be a bare number",
    ],
    ["a colon in the request id", { ...request, requestId: "a:b" }, "requestId: must be 1 to 128"],
    [
      "two subjects",
      { ...request, subject: { userId: "ann", email: "ann@example.com" } },
      "subject: must be",
    ],
    ["no subject", { ...request, subject: {} }, "subject: must be"],
    ["an unknown field", { ...request, hard: true }, "payload: remove hard"],
    ["a due date without a zone", { ...request, dueAt: "2026-12-24T00:00:00" }, "dueAt"],
    ["a word for dryRun", { ...request, dryRun: "yes" }, "dryRun"],
    ["no object at all", "delete ann", "payload"],
  ])("with %s is refused, the field named", (_, data, expected) => {
    expect(messageOn(data)).toContain(expected);
  });

  test("is refused with every problem at once", () => {
    const message = messageOn({ version: 2, requestId: "", subject: { userId: "/" } });
    for (const field of ["version", "requestId", "subject"]) expect(message).toContain(field);
  });

  test.each([
    { ...request, subject: { email: "ann@example" } },
    { ...request, subject: { userId: "ann@example.com/x" } },
    { ...request, requestId: "ann@example.com" },
    { ...request, "ann@example.com": true },
    { ...request, metadata: { "ann@example.com": undefined }, dueAt: "ann@example.com" },
  ])("is refused without repeating what it holds", (data) => {
    const message = messageOn(data);
    expect(message).not.toBe("accepted");
    expect(message).not.toContain("ann");
  });

  test.each([".", "..", "a/b", "a?b", "", "x".repeat(256)])("cannot name the user %j", (userId) => {
    expect(messageOn({ ...request, subject: { userId } })).toContain("subject");
  });
});

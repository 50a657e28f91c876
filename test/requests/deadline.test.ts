import { describe, expect, test } from "vitest";
import { deadlineOf, dueAtOf } from "../../src/requests/deadline.ts";

const at = (time: string) => Date.parse(time);

describe("a request is due", () => {
  test.each([
    ["2026-11-24T10:00:00Z", "2026-12-24T10:00:00.000Z"],
    ["2026-12-31T23:59:59Z", "2027-01-31T23:59:59.000Z"],
    ["2027-01-31T10:00:00Z", "2027-02-28T10:00:00.000Z"],
    ["2028-01-30T10:00:00Z", "2028-02-29T10:00:00.000Z"],
    ["2026-02-28T10:00:00Z", "2026-03-28T10:00:00.000Z"],
  ])("one month after %s under the GDPR", (submitted, due) => {
    expect(dueAtOf({ regulation: "gdpr" }, at(submitted))).toBe(due);
  });

  test("45 days after it was submitted under the CCPA", () => {
    const due = dueAtOf({ regulation: "ccpa" }, at("2026-11-24T10:00:00Z"));
    expect(due).toBe("2027-01-08T10:00:00.000Z");
  });

  test("when its producer says so, whatever the regulation", () => {
    const dueAt = "2026-11-30T00:00:00+01:00";
    expect(dueAtOf({ dueAt, regulation: "gdpr" }, 0)).toBe(dueAt);
    expect(dueAtOf({}, 0)).toBeUndefined();
  });
});

describe("the deadline of a request", () => {
  const dueAt = "2026-12-24T00:00:00Z";
  const waiting = { status: "in_progress", phase: "resolving" } as const;
  const completed = { status: "completed", outcome: "exported", users: 1 } as const;
  const failed = { status: "failed", reason: "task_failed", message: "" } as const;
  const ended = (time: string) => [{ at: time, state: "completed/exported" }];

  test.each([
    ["none", { dueAt: null, state: waiting, history: [] }, "2030-01-01T00:00:00Z"],
    ["on_track", { dueAt, state: waiting, history: [] }, "2026-12-16T23:59:59Z"],
    ["due_soon", { dueAt, state: waiting, history: [] }, "2026-12-17T00:00:00Z"],
    ["due_soon", { dueAt, state: waiting, history: [] }, dueAt],
    ["overdue", { dueAt, state: waiting, history: [] }, "2026-12-24T00:00:01Z"],
    ["overdue", { dueAt, state: failed, history: [] }, "2026-12-25T00:00:00Z"],
    ["met", { dueAt, state: completed, history: ended(dueAt) }, "2027-01-01T00:00:00Z"],
    [
      "breached",
      { dueAt, state: completed, history: ended("2026-12-24T00:00:01Z") },
      "2027-01-01T00:00:00Z",
    ],
  ] as const)("is %s", (expected, record, now) => {
    expect(deadlineOf({ ...record, history: [...record.history] }, at(now))).toBe(expected);
  });
});

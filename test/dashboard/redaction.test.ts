import { describe, expect } from "vitest";
import { ANN, type Board, refuse, test } from "./fixture.ts";

const jobOf = async (board: Board, path: string) =>
  (await board.call(`/api/queues/${path}`)).json().job;

describe("a job on the board", () => {
  test("shows request, connection and due date, and names what it hides", async ({ board }) => {
    const dueAt = "2030-01-01T00:00:00+01:00";
    await board.add("delete", "delete", { ...ANN, dueAt, dryRun: true }, { jobId: "delete-ann" });

    expect(await jobOf(board, "delete/delete-ann")).toMatchObject({
      id: "delete-ann",
      name: "delete",
      data: {
        version: 1,
        requestId: "delete-ann",
        connection: "default",
        dueAt,
        dryRun: true,
        hidden: ["metadata", "subject"],
      },
      externalUrl: { displayText: "Request", href: "requests/delete-ann" },
    });
  });

  test("of task-status shows the task and no link to a request", async ({ board }) => {
    const data = {
      version: 1,
      connection: "eu",
      taskId: "t-1",
      submittedAt: "2030-01-01T00:00:00Z",
    };
    await board.add("task-status", "task-status", data, { jobId: "task-t-1" });

    const job = await jobOf(board, "task-status/task-t-1");
    expect(job.data).toEqual(data);
    expect(job).not.toHaveProperty("externalUrl");
  });

  test("shows a return value as it is", async ({ board }) => {
    await board.add("delete", "delete", ANN, { jobId: "delete-ann" });
    await board.work("delete", async () => ({ taskIds: ["t-1"] }));

    expect(await jobOf(board, "delete/delete-ann")).toMatchObject({
      returnValue: { taskIds: ["t-1"] },
    });
  });

  test("shows nothing of a stranger's junk, wherever it was put", async ({ board }) => {
    const junk = "ann@example.com";
    const data = {
      [junk]: 1,
      subject: junk,
      requestId: junk,
      dueAt: junk,
      dryRun: junk,
      taskId: [junk],
    };
    await board.add("delete", junk, data, {
      jobId: "odd",
      deduplication: { id: junk },
      telemetry: { metadata: junk },
      removeOnComplete: { age: 60 },
    });
    await board.work("delete", refuse);
    const job = await board.queues.delete.getJob("odd");
    await job?.log(junk);
    await job?.updateProgress({ junk });

    expect(await jobOf(board, "delete/odd")).toMatchObject({
      name: "(another name)",
      data: { hidden: ["(another field)", "dryRun", "dueAt", "requestId", "subject", "taskId"] },
      opts: { attempts: 0 },
      failedReason: "invalid_payload: The payload is not valid: subject: is missing",
    });
    for (const path of [
      "/api/queues/delete/odd",
      "/api/queues/delete/odd/logs",
      "/api/queues/delete/odd/flow",
      "/api/queues?activeQueue=delete",
      "/api/queues?activeQueue=delete&status=failed",
    ]) {
      const response = await board.call(path);
      expect(response.status, path).toBe(200);
      expect(response.text, path).not.toContain(junk);
    }
  });

  test.for([["a text"], [null], [["a", "list"]], [42]])(
    "hides data that is %j",
    async ([data], { board }) => {
      await board.add("access", "access", data, { jobId: "odd" });

      const { data: shown } = await jobOf(board, "access/odd");
      expect(shown).toEqual({ hidden: "all of it: the data is not an object" });
    },
  );
});

test("a schedule shows its times and not its template", async ({ board }) => {
  await board.queues["task-status"].upsertJobScheduler(
    "reconcile",
    { every: 60_000 },
    { name: "ann@example.com", data: ANN as never },
  );

  const response = await board.call("/api/job-schedulers");
  const { schedulers } = response.json();
  expect(schedulers).toMatchObject([
    { id: "reconcile", name: "(another name)", every: 60_000, queueName: "task-status" },
  ]);
  expect(JSON.stringify(schedulers)).not.toMatch(/ann/i);
});

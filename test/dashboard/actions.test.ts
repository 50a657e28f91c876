import { describe, expect } from "vitest";
import { ANN, type Board, refuse, stumble, test } from "./fixture.ts";

const DELETE = "/api/queues/delete";

const addOne = (board: Board, id: string, opts = {}) =>
  board.add("delete", "delete", { ...ANN, requestId: id }, { jobId: id, ...opts });

describe("retrying", () => {
  test("a failed job gives it all its attempts again", async ({ board }) => {
    await addOne(board, "a", { attempts: 3 });
    expect(await board.work("delete", stumble)).toBe(3);

    expect((await board.put(`${DELETE}/a/retry`)).status).toBe(204);
    expect(await board.work("delete", stumble)).toBe(3);
  });

  test("all failed jobs gives each all its attempts again", async ({ board }) => {
    await addOne(board, "a", { attempts: 2 });
    await addOne(board, "b", { attempts: 3 });
    expect(await board.work("delete", stumble)).toBe(5);

    const response = await board.put(`${DELETE}/retry/failed`);
    expect(response.json()).toEqual({ retried: 2, skipped: 0 });
    expect(await board.work("delete", stumble)).toBe(5);
  });

  test.for([`${DELETE}/a/retry`, `${DELETE}/retry/completed`])(
    "a completed job is refused (%s)",
    async (path, { board }) => {
      await addOne(board, "a");
      await board.work("delete", async () => ({}));

      expectRefusal(await board.put(path), "Only failed jobs are retried");
      expect(await board.queues.delete.getJobState("a")).toBe("completed");
      const { queues } = (await board.call("/api/queues")).json();
      expect(queues).toMatchObject(Array(3).fill({ allowCompletedRetries: false }));
    },
  );

  test("a job that is not there is not found", async ({ board }) => {
    expect((await board.put(`${DELETE}/nobody/retry`)).status).toBe(404);
  });
});

describe("removing", () => {
  test("jobs that have ended is allowed, one by one and all at once", async ({ board }) => {
    for (const id of ["a", "b"]) await addOne(board, id);
    await board.work("delete", refuse);

    expect((await board.put(`${DELETE}/a/clean`)).status).toBe(204);
    expect(await board.queues.delete.getJobState("a")).toBe("unknown");
    expect((await board.put(`${DELETE}/clean/failed`)).status).toBe(200);
  });

  test.for([`${DELETE}/a/clean`, `${DELETE}/clean/wait`, `${DELETE}/clean/delayed`])(
    "a job that waits is refused (%s)",
    async (path, { board }) => {
      await addOne(board, "a");

      expectRefusal(await board.put(path), "Only completed and failed jobs are removed");
      expect(await board.queues.delete.getJobState("a")).toBe("waiting");
    },
  );
});

test("promoting makes delayed jobs run now", async ({ board }) => {
  for (const id of ["a", "b"]) await addOne(board, id, { delay: 1e9 });

  expect((await board.put(`${DELETE}/a/promote`)).status).toBe(204);
  expect(await board.queues.delete.getJobState("a")).toBe("waiting");
  expect((await board.put(`${DELETE}/promote`)).status).toBe(200);
  expect(await board.queues.delete.getJobState("b")).toBe("waiting");
});

test("queues are paused and resumed, one by one and all at once", async ({ board }) => {
  const paused = () => board.queues.delete.isPaused();

  await board.put(`${DELETE}/pause`);
  expect(await paused()).toBe(true);
  await board.put(`${DELETE}/resume`);
  expect(await paused()).toBe(false);
  await board.put("/api/queues/pause");
  expect(await paused()).toBe(true);
  await board.put("/api/queues/resume");
  expect(await paused()).toBe(false);
});

describe("the board refuses", () => {
  const scheduler = "/api/queues/task-status/job-schedulers/reconcile";

  test.for([
    ["POST", `${DELETE}/add`, { name: "delete", data: ANN, options: {} }],
    ["PATCH", `${DELETE}/a/update-data`, { jobData: { subject: "***" } }],
    ["PATCH", `${DELETE}/a/delay`, { runAt: 1e13 }],
    ["PATCH", `${DELETE}/a/priority`, { priority: 1 }],
    ["PUT", `${DELETE}/empty`, undefined],
    ["PUT", `${DELETE}/obliterate`, { force: true }],
    ["PUT", `${DELETE}/concurrency`, { concurrency: 1 }],
    ["PUT", `${DELETE}/rate-limit`, { max: 1, duration: 1000 }],
    ["PUT", `${DELETE}/rate-limit/release`, undefined],
    ["PUT", `${DELETE}/a/remove-unprocessed-children`, undefined],
    ["PUT", `${scheduler}/remove`, undefined],
    ["PUT", `${scheduler}/run`, undefined],
    ["PATCH", scheduler, { every: 1 }],
  ] as const)("%s %s", async ([method, path, body], { board }) => {
    await addOne(board, "a", { delay: 1e9 });
    const before = await board.queues.delete.getJob("a");

    const json = body && {
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json" },
    };
    expectRefusal(await board.call(path, { method, ...json }), /[a-z ]{20,}/);
    expect((await board.queues.delete.getJob("a"))?.asJSON()).toEqual(before?.asJSON());
    expect(await board.queues.delete.count()).toBe(1);
  });
});

const expectRefusal = (
  response: Awaited<ReturnType<Board["call"]>>,
  message: string | RegExp,
): void => {
  expect(response.status).toBe(403);
  expect(response.json().message).toMatch(message);
};

import { describe, expect } from "vitest";
import { RequestId } from "../../src/identifiers.ts";
import { DeletePayload } from "../../src/queues/payloads.ts";
import { claim } from "../../src/requests/claim.ts";
import { lookUpRequest } from "../../src/requests/look-up.ts";
import { moveTo } from "../../src/requests/record.ts";
import { ANN, type Board, refuse, stumble, test } from "./fixture.ts";

const get = async (board: Board, id: string) => {
  const response = await board.call(`/requests/${id}`);
  return { status: response.status, body: response.json() };
};

const view = {
  requestId: "delete-ann",
  type: "delete",
  connection: "default",
  dryRun: false,
  dueAt: null,
  deadline: "none",
  steps: [],
  inventory: null,
  tasks: [],
  verification: null,
  history: [],
  users: null,
};

describe("GET /requests/:id", () => {
  test("answers from the record, without HMAC, owner or subject", async ({ board }) => {
    const payload = DeletePayload.parse({ ...ANN, dueAt: "2030-01-01T00:00:00Z" });
    const now = Date.parse("2029-01-01T00:00:00Z");
    const request = { type: "delete", payload, subjectHmac: "abc", owner: "delete-ann@1" } as const;
    await claim(board.requests, request, now);
    await board.requests.update(payload.requestId, (dossier) => {
      if (!dossier) throw new Error("The request was not claimed");
      return moveTo(dossier, { status: "completed", outcome: "erased_verified", users: 1 }, now);
    });

    const expected = {
      ...view,
      dueAt: "2030-01-01T00:00:00Z",
      deadline: "met",
      users: 1,
      state: { status: "completed", outcome: "erased_verified", users: 1 },
      history: [
        { at: "2029-01-01T00:00:00.000Z", state: "in_progress/resolving" },
        { at: "2029-01-01T00:00:00.000Z", state: "completed/erased_verified" },
      ],
    };
    expect(await get(board, "delete-ann")).toEqual({ status: 200, body: expected });
    expect(await lookUpRequest(payload.requestId, board)).toEqual(expected);
  });

  test.for([{}, { delay: 1e9 }, { priority: 3 }])(
    "calls a request pending that no worker has begun (%j)",
    async (options, { board }) => {
      await board.add("delete", "delete", ANN, { jobId: "delete-ann", ...options });

      expect(await get(board, "delete-ann")).toEqual({
        status: 200,
        body: { ...view, state: { status: "pending" } },
      });
    },
  );

  test("calls a payload that could not be read failed, with the reason", async ({ board }) => {
    const junk = { connection: "ann@example.com", dueAt: "ann", dryRun: "ann" };
    await board.add("access", "access", junk, { jobId: "odd" });
    await board.work("access", refuse);

    expect((await get(board, "odd")).body).toEqual({
      ...view,
      requestId: "odd",
      type: "access",
      connection: null,
      state: {
        status: "failed",
        reason: "invalid_payload",
        message: "The payload is not valid: subject: is missing",
      },
    });
  });

  test("calls a job that failed without a word of ours job_failed", async ({ board }) => {
    await board.add("delete", "delete", ANN, { jobId: "delete-ann", attempts: 1 });
    await board.work("delete", stumble);

    expect((await get(board, "delete-ann")).body.state).toEqual({
      status: "failed",
      reason: "job_failed",
      message: "Stream is away",
    });
  });

  test("does not take a job for another request's", async ({ board }) => {
    await board.add("delete", "delete", ANN, { jobId: "some-job" });

    expect((await get(board, "some-job")).status).toBe(404);
  });

  test("knows nothing of a request whose job completed and whose record expired", async ({
    board,
  }) => {
    await board.add("delete", "delete", ANN, { jobId: "delete-ann" });
    await board.work("delete", async () => ({}));

    expect(await lookUpRequest(RequestId.parse("delete-ann"), board)).toBeUndefined();
  });

  test("answers 404 in words", async ({ board }) => {
    expect(await get(board, "nobody")).toEqual({
      status: 404,
      body: { error: "No request nobody is known." },
    });
    expect(await get(board, "ann@example.com")).toEqual({
      status: 404,
      body: { error: "This is not a request id: it must be 1 to 128 of A-Z a-z 0-9 _ -." },
    });
  });
});

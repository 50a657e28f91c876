import { describe, expect } from "vitest";
import type { Decision } from "../../src/commands/decide.ts";
import { DeletePayload } from "../../src/queues/payloads.ts";
import type { State } from "../../src/requests/record.ts";
import { ANN, addRequest, type Board, openBoard, REVIEW, test } from "./fixture.ts";

const decide = async (board: Board, decision: string, id: string = ANN.requestId) => {
  const response = await board.call(`/requests/${id}/${decision}`, { method: "POST" });
  return { status: response.status, body: response.json() };
};

describe("POST /requests/:id", () => {
  test("/approve lets a request go on, and wakes its job", async ({ board }) => {
    await addRequest(board, REVIEW);
    const { status, body } = await decide(board, "approve");
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: { status: "in_progress", phase: "waiting" } });
    expect(body).toEqual((await board.call(`/requests/${ANN.requestId}`)).json());
    expect(await board.queues.delete.getJobState(ANN.requestId)).toBe("waiting");
  });

  test.for([
    ["refuse", "not_approved"],
    ["cancel", "cancelled"],
  ])("/%s ends a request, and removes its job", async ([decision = "", reason], { board }) => {
    await addRequest(board, REVIEW);
    const { status, body } = await decide(board, decision);
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: { status: "failed", reason } });
    expect(await board.queues.delete.getJobState(ANN.requestId)).toBe("unknown");
    expect(await board.redis.exists(`{stream-dsr}:personal:${ANN.requestId}`)).toBe(0);
  });

  test("/cancel ends a request that no worker has begun", async ({ board }) => {
    await board.add("delete", "delete", ANN, { jobId: ANN.requestId });
    const { status, body } = await decide(board, "cancel");
    expect(status).toBe(200);
    expect(body).toMatchObject({ connection: "default", state: { reason: "cancelled" } });
    expect(await board.queues.delete.count()).toBe(0);
  });

  test.for<[Decision, State, RegExp]>([
    ["approve", { status: "in_progress", phase: "waiting" }, /does not wait for approval/],
    ["refuse", { status: "completed", outcome: "no_match", users: 0 }, /completed\/no_match/],
    ["cancel", { status: "completed", outcome: "no_match", users: 0 }, /has ended already/],
  ])("/%s is answered with 409 and a sentence when it is %j", async (given, { board }) => {
    const [decision, state, sentence] = given;
    await addRequest(board, state);
    const { status, body } = await decide(board, decision);
    expect(status).toBe(409);
    expect(body).toEqual({ error: expect.stringMatching(sentence) });
    expect(await board.queues.delete.getJobState(ANN.requestId)).toBe("delayed");
  });

  test.for<[string, string, number]>([
    ["approve", "nobody", 409],
    ["cancel", "nobody", 409],
    ["cancel", "42", 404],
    ["delete", "nobody", 404],
  ])("/%s of %s is answered with %i", async ([decision, id, status], { board }) => {
    const answer = await decide(board, decision, id);
    expect(answer).toEqual({ status, body: { error: expect.stringMatching(/^[A-Z].+\.$/) } });
  });

  test("is for our own pages only, and with a login for whoever has it", async ({
    board,
    redisUrl,
  }) => {
    await addRequest(board, REVIEW);
    const path = `/requests/${ANN.requestId}/approve`;
    const headers = { Origin: "https://evil.example.com" };
    expect((await board.call(path, { method: "POST", headers })).status).toBe(403);
    await using guarded = await openBoard(redisUrl, { login: { user: "a", password: "b" } });
    expect((await guarded.call(path, { method: "POST" })).status).toBe(401);
    expect((await board.requests.read(DeletePayload.parse(ANN).requestId))?.record.state).toEqual(
      REVIEW,
    );
  });
});

import { describe, expect } from "vitest";
import { requestPage } from "../../src/dashboard/pages/request-page.ts";
import { RequestId } from "../../src/identifiers.ts";
import { lookUpRequest } from "../../src/requests/look-up.ts";
import type { State } from "../../src/requests/record.ts";
import type { RequestView } from "../../src/requests/view.ts";
import { ANN, addRequest, REVIEW, test } from "./fixture.ts";
import { held, open, path, submit } from "./visit.ts";

describe("the page of a request", () => {
  test.for<[State, string[]]>([
    [REVIEW, ["approve", "refuse", "cancel"]],
    [held("brake"), ["cancel"]],
    [{ status: "in_progress", phase: "waiting" }, ["cancel"]],
    [{ status: "failed", reason: "cancelled", message: "" }, []],
    [{ status: "completed", outcome: "no_match", users: 0 }, []],
  ])("of one that is %j offers %j", async ([state, decisions], { board }) => {
    await addRequest(board, state);
    const { text } = await open(board, path);
    const links = [...text.matchAll(/href="\/requests\/delete-ann\/(\w+)"/g)];
    expect(links.map(([, decision]) => decision)).toEqual(decisions);
    for (const decision of ["approve", "refuse", "cancel"]) {
      const expected = decisions.includes(decision) ? 200 : 303;
      expect((await open(board, `${path}/${decision}`)).status).toBe(expected);
    }
  });

  test("shows one that no worker has begun, and its job", async ({ board }) => {
    await board.add("delete", "delete", ANN, { jobId: ANN.requestId });
    const { text } = await open(board, path);
    expect(text).toContain(`href="/queue/delete/delete-ann">delete: delete-ann</a>`);
    expect(text).toContain(`href="/requests/delete-ann/cancel"`);
  });

  test("shows every count that a view may have, and nothing else of it", async ({ board }) => {
    await addRequest(board, REVIEW);
    const view = await lookUpRequest(RequestId.parse(ANN.requestId), board);
    if (!view) throw new Error("The request is gone");
    const inventory = {
      at: "2029-01-01T00:00:00.000Z",
      counts: { messages: 1234, drafts: 2 },
      atLeast: ["messages"],
      notRead: ["appeals"],
      alsoOthers: { conversations: 1 },
      remains: { drafts: 2 },
      note: "Ann Smith",
    };
    const left = { profiles: 0, messages: 0, reactions: 0, devices: 0, feeds: 4 };
    const more: RequestView = {
      ...view,
      verification: { read: { users: 2 }, left },
      inventory,
      steps: [{ name: "feeds", state: "done", count: 3, tasks: [] }],
    };
    const { markup } = requestPage(more, { decisions: [], jobs: [], now: 0 }).body;
    expect(markup).toContain("<tr><td>feeds</td><td>done</td>");
    expect(markup).toContain("at least so many, because Stream gives no more: messages");
    expect(markup).toContain("would not give: appeals");
    const [, shown = ""] = markup.split("What was found");
    expect([...shown.matchAll(/<(?:h3|dt|dd)>(.*?)</g)].map(([, text]) => text)).toEqual([
      ...["Inventory", "messages", "1,234", "drafts", "2"],
      ...["also taken from other people: conversations", "1", "stays: drafts", "2"],
      ...["Verification", "read users", "2", "left profiles", "0", "left messages", "0"],
      ...["left reactions", "0", "left devices", "0", "left feeds", "4"],
    ]);
    expect(markup).not.toContain("Ann Smith");

    const nothing = { counts: {}, atLeast: [], alsoOthers: {}, remains: {} };
    const uncounted = { ...view, inventory: { ...inventory, ...nothing } };
    const page = requestPage(uncounted, { decisions: [], jobs: [], now: 0 });
    expect(page.body.markup).toMatch(/What was found.*would not give: appeals/s);
  });

  test("that is not there is 404 in words", async ({ board }) => {
    const { status, text } = await open(board, "/requests/nobody");
    expect(status).toBe(404);
    expect(text).toContain("No request nobody is known.");
  });
});

describe("a decision from a page", () => {
  test("leads back to the request", async ({ board }) => {
    await addRequest(board, REVIEW);
    const { status, headers } = await submit(board, `${path}/refuse`);
    expect({ status, location: headers.location }).toEqual({ status: 303, location: path });
    expect((await open(board, path)).text).toContain("failed/not_approved");
  });

  test("that cannot be taken any more is 409, with the reason on the request's page", async ({
    board,
  }) => {
    await addRequest(board, REVIEW);
    await submit(board, `${path}/cancel`);
    const { status, text } = await submit(board, `${path}/approve`);
    expect(status).toBe(409);
    expect(text).toContain("does not wait for approval: it is failed/cancelled.");
    expect(text).toContain("<h1>delete-ann</h1>");
    expect((await submit(board, "/requests/nobody/approve")).text).toContain("No request nobody");
  });

  test.for([
    { Origin: "https://evil.example.com" },
    { Origin: "null" },
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
  ])("is not taken from a foreign one: %j", async (headers, { board }) => {
    await addRequest(board, REVIEW);
    expect((await submit(board, `${path}/approve`, headers as Record<string, string>)).status).toBe(
      403,
    );
    expect((await board.call(path)).json().state).toEqual(REVIEW);
  });
});

import { describe, expect } from "vitest";
import { requestPage } from "../../src/dashboard/pages/request-page.ts";
import { RequestId } from "../../src/identifiers.ts";
import { lookUpRequest } from "../../src/requests/look-up.ts";
import type { State } from "../../src/requests/record.ts";
import { ANN, addRequest, type Board, REVIEW, test } from "./fixture.ts";

const BROWSER = { Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };
const DAY_MS = 86_400_000;
const path = `/requests/${ANN.requestId}`;
const open = (board: Board, url: string) =>
  board.call(url, { headers: BROWSER, followRedirect: false });
const submit = (board: Board, url: string, headers: Record<string, string> = {}) =>
  board.call(url, { method: "POST", headers: { ...BROWSER, ...headers }, followRedirect: false });
const held = (reason: string, message = "Mend it"): State => ({
  status: "action_required",
  reason,
  message,
});

describe("the pages", () => {
  test.for(["/requests", path])("%s is a page for browsers only", async (url, { board }) => {
    await addRequest(board, REVIEW);
    expect((await open(board, url)).headers["content-type"]).toBe("text/html; charset=utf-8");
    for (const Accept of ["*/*", "application/json", "application/json, text/html;q=0.5"]) {
      const { headers } = await board.call(url, { headers: { Accept } });
      expect(headers["content-type"]).toBe("application/json; charset=utf-8");
    }
  });

  test("load nothing, run nothing, and submit to ourselves only", async ({ board }) => {
    const { headers } = await open(board, "/requests");
    expect(headers["content-security-policy"]).toMatch(
      /^default-src 'none'; style-src 'sha256-\S+='; img-src 'self'; .*form-action 'self'; frame-ancestors 'none'$/,
    );
    expect(headers).toMatchObject({
      "referrer-policy": "same-origin",
      "cache-control": "no-store",
    });
  });

  test("escape whatever a record or a job says", async ({ board }) => {
    const hostile = `<img src=x onerror="alert('&')">`;
    await addRequest(board, held("brake", hostile));
    await addRequest(board, { ...held("several_matches", hostile) }, { requestId: "second" });
    await board.add("access", "access", {}, { jobId: "third" });
    await board.work("access", async () => {
      throw new Error(hostile);
    });
    for (const url of ["/requests", path, "/requests/second", "/requests/third"]) {
      const { text } = await open(board, url);
      expect(text).not.toContain("<img");
      expect(text).toContain("&lt;img src=x onerror=&quot;alert(&#39;&amp;&#39;)&quot;&gt;");
    }
  });

  test("hold no personal data", async ({ board }) => {
    await addRequest(board, REVIEW, { users: 2, dueAt: new Date().toISOString() });
    for (const url of ["/requests", path, `${path}/approve`]) {
      expect((await open(board, url)).text).not.toMatch(/ann@|ann-\d|Ann Smith|abc/);
    }
  });
});

describe("the list", () => {
  test("says so when there is nothing to do", async ({ board }) => {
    const { text } = await open(board, "/requests");
    expect(text).toContain("No request waits for a human.");
    expect(text).toContain("No request is overdue or due within a week.");
  });

  test("has what waits for a human, and what is late", async ({ board }) => {
    await addRequest(board, REVIEW, { requestId: "review", users: 2 });
    for (const requestId of ["held-1", "held-2"]) {
      await addRequest(board, held("brake"), { requestId });
    }
    await addRequest(board, held("suspended"), { requestId: "held-3" });
    const dueAt = new Date(Date.now() - 2 * DAY_MS - 1000).toISOString();
    const failed = { status: "failed", reason: "task_failed", message: "No" } as const;
    await addRequest(board, failed, { requestId: "late", dueAt });

    const { text } = await open(board, "/requests");
    expect(text).toMatch(/<h3 id="request-review">.*<dt>Users found<\/dt><dd>2</s);
    expect(text.match(/<article>.*?<\/article>/gs)).toEqual([
      expect.stringMatching(/action_required\/brake.*2 requests.*held-1.*held-2/s),
      expect.stringMatching(/action_required\/suspended.*1 request,.*held-3/s),
    ]);
    expect(text.match(/<th scope="row">.*?<\/tr>/gs)).toEqual([
      expect.stringMatching(/>late<.*2 days ago.*overdue.*failed\/task_failed/s),
    ]);
    expect((await board.call("/requests")).json()).toMatchObject({
      requests: [{ requestId: "late" }],
      actionRequired: [
        { requestId: "held-1", since: "1970-01-01T00:00:00.002Z" },
        { requestId: "held-2" },
        { requestId: "held-3" },
        { requestId: "review", users: 2 },
      ],
    });
  });

  test.for([
    ["delete-ann", 303],
    ["%20delete-ann%20", 303],
    ["ann%40example.com", 404],
    ["../x", 404],
  ] as const)("a search for %s is answered with %i", async ([id, status], { board }) => {
    const { headers, text, ...response } = await open(board, `/requests?id=${id}`);
    expect(response.status).toBe(status);
    expect(headers.location).toBe(status === 303 ? path : undefined);
    expect(text).not.toContain("ann@");
  });
});

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
    const inventory = { counts: { messages: 1234, ownChannels: 2 }, note: "Ann Smith" };
    const steps = [{ name: "look-up", users: 3 }];
    const verification = { read: { users: 2 }, left: { profiles: 0, messages: 0, reactions: 0 } };
    const more = { ...view, verification, inventory, steps };
    const { markup } = requestPage(more, { decisions: [], jobs: [], now: 0 }).body;
    const [, shown = ""] = markup.split("What was found");
    expect([...shown.matchAll(/<(?:h3|dt|dd)>(.*?)</g)].map(([, text]) => text)).toEqual([
      ...["Verification", "read users", "2", "left profiles", "0", "left messages", "0"],
      ...["left reactions", "0", "Inventory", "messages", "1,234", "own channels", "2"],
    ]);
    expect(markup).not.toContain("Ann Smith");
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

import { describe, expect } from "vitest";
import { addRequest, REVIEW, test } from "./fixture.ts";
import { held, open, path } from "./visit.ts";

const DAY_MS = 86_400_000;

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

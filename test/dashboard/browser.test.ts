import { existsSync } from "node:fs";
import { chromium, type Page } from "playwright-core";
import { describe, expect, vi } from "vitest";
import { ANN, openBoard, refuse, test as withBoard } from "./fixture.ts";

const CHROMIUM = "/usr/bin/chromium";
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];
const LOGIN = { user: "operator", password: "secret" };

const test = withBoard
  .extend("board", async ({ redisUrl }, { onCleanup }) => {
    const board = await openBoard(redisUrl, { login: LOGIN });
    onCleanup(() => board[Symbol.asyncDispose]());
    return board;
  })
  .extend("browser", { scope: "file" }, async ({}, { onCleanup }) => {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
    onCleanup(() => browser.close());
    return browser;
  })
  .extend("page", async ({ browser, board }, { onCleanup }) => {
    const httpCredentials = { username: LOGIN.user, password: LOGIN.password };
    const context = await browser.newContext({ baseURL: board.url, httpCredentials });
    onCleanup(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(8000);
    return page;
  })
  .extend("complaints", ({ page, board }) => complaintsOf(page, board.url));

describe.skipIf(!existsSync(CHROMIUM))(`in a browser (needs ${CHROMIUM})`, () => {
  test("an operator retries a failed deletion and sees no personal data", async ({
    board,
    page,
    complaints,
  }) => {
    await board.add("delete", "delete", ANN, { jobId: "delete-ann" });
    await board.work("delete", refuse);

    await page.goto("/");
    for (const name of ["access", "delete", "task-status"]) {
      await page.getByRole("main").getByRole("link", { name, exact: true }).waitFor();
    }
    await page.getByRole("navigation").getByRole("link", { name: "delete" }).click();
    await page.getByText("invalid_payload: The payload is not valid").waitFor();
    await page.goto("/queue/delete/delete-ann");
    await page.getByRole("tab", { name: "Data" }).click();
    await page.getByRole("tabpanel").getByText('"subject"').waitFor();
    for (const tab of ["Data", "Progress", "Options", "Logs", "Error"]) {
      await page.getByRole("tab", { name: tab }).click();
      await page.getByRole("tabpanel", { name: tab }).waitFor();
      expect(await page.content()).not.toMatch(/ann@example|Ann Smith/);
    }
    await act(page, 0, /^retry/i);
    await page.getByRole("alertdialog").getByRole("button", { name: "Confirm" }).click();

    await vi.waitFor(async () =>
      expect(await board.queues.delete.getJobState("delete-ann")).toBe("waiting"),
    );
    expect(complaints()).toEqual([]);
  });

  test("an operator who duplicates a job is told why that is refused", async ({
    board,
    page,
    complaints,
  }) => {
    await board.add("delete", "delete", ANN, { jobId: "delete-ann" });
    await board.work("delete", refuse);

    await page.goto("/queue/delete/delete-ann");
    await act(page, 1, /^duplicate/i);
    await page.getByRole("dialog").getByRole("button", { name: "Duplicate" }).click();
    await page.getByText("Jobs are added by producers").waitFor();

    expect(await board.queues.delete.getJobCounts("failed", "waiting")).toEqual({
      failed: 1,
      waiting: 0,
    });
    expect(complaints()).toEqual([expect.stringContaining("403")]);
  });
});

// The buttons of a job bear no name but the tooltip that shows under the mouse.
const act = async (page: Page, position: number, name: RegExp): Promise<void> => {
  const button = page.getByRole("main").getByRole("listitem").getByRole("button").nth(position);
  await button.hover();
  await page.locator("[data-base-ui-portal]").getByText(name).waitFor();
  await button.click();
};

/** What went wrong in a page, Google's fonts aside, which are refused before anything leaves the machine. */
const complaintsOf = (page: Page, url: string) => {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() !== "error" || message.text().includes("fonts.googleapis.com")) return;
    complaints.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) foreign.add(request.url());
  });
  const foreign = new Set<string>();
  page.on("requestfailed", (request) => {
    if (request.failure()?.errorText === "csp") foreign.delete(request.url());
  });
  return () => [...complaints, ...foreign];
};

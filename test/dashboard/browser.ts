import { existsSync } from "node:fs";
import { chromium, type Page } from "playwright-core";
import { describe } from "vitest";
import { openBoard, test as withBoard } from "./fixture.ts";

const CHROMIUM = "/usr/bin/chromium";
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP dsr.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];
const LOGIN = { user: "operator", password: "secret" };

/** Where tests in a browser stand; skipped where there is none. */
export const describeInBrowser = describe.skipIf(!existsSync(CHROMIUM));

/** `page`: a page of a browser that is logged in. `complaints`: what has gone wrong in it so far. */
export const test = withBoard
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

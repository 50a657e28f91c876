import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { decide } from "../../src/commands/decide.ts";
import { RequestId } from "../../src/identifiers.ts";
import { describeInBrowser, test } from "./browser.ts";
import { addRequest, REVIEW } from "./fixture.ts";

describeInBrowser("the requests in a browser", () => {
  test("an operator approves one request, refuses another, and sees both gone from the list", async ({
    board,
    page,
    complaints,
  }) => {
    await addRequest(board, REVIEW, { requestId: "first", users: 2 });
    await addRequest(board, REVIEW, { requestId: "second", users: 3 });

    await page.goto("/requests");
    await page.getByRole("link", { name: "Approve request first" }).click();
    await page.getByText("Deletes 2 users at Stream").waitFor();
    await page.getByRole("button", { name: "Delete 2 users" }).click();
    await page.getByRole("heading", { name: "first", exact: true }).waitFor();
    await page.getByText("in_progress/waiting").first().waitFor();
    expect(await board.queues.delete.getJobState("first")).toBe("waiting");

    await page.getByRole("link", { name: "Requests" }).click();
    await page.getByRole("link", { name: "Refuse request second" }).click();
    await page.getByRole("button", { name: "Refuse, and delete nobody" }).click();
    await page.getByText("failed/not_approved").first().waitFor();
    expect(await board.queues.delete.getJobState("second")).toBe("unknown");

    await page.getByRole("link", { name: "Requests" }).click();
    await page.getByText("No request waits for a human.").waitFor();
    expect(complaints()).toEqual([]);
  });

  test("a decision that came too late is answered with why", async ({ board, page }) => {
    await addRequest(board, REVIEW, { requestId: "first", users: 2 });
    await page.goto("/requests/first/approve");
    await decide("cancel", RequestId.parse("first"), board);
    await page.getByRole("button", { name: "Delete 2 users" }).click();
    await page
      .getByRole("alert")
      .getByText("does not wait for approval: it is failed/cancelled")
      .waitFor();
  });

  test("the keyboard is enough, and shows where it is", async ({ board, page }) => {
    await addRequest(board, REVIEW, { requestId: "first", users: 2 });
    await page.goto("/requests");
    await tabTo(page, page.getByRole("textbox", { name: "Request id" }));
    await page.keyboard.type("first");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/requests/first");
    await tabTo(page, page.getByRole("link", { name: "Approve request first" }));
    await page.keyboard.press("Enter");
    await tabTo(page, page.getByRole("button", { name: "Delete 2 users" }));
    await page.keyboard.press("Enter");
    await page.getByText("in_progress/waiting").first().waitFor();
  });

  test("an e-mail address is not searched for, which would put it into the URL", async ({
    page,
  }) => {
    await page.goto("/requests");
    await page.getByRole("textbox", { name: "Request id" }).fill("ann@example.com");
    await page.getByRole("button", { name: "Find" }).click();
    await page.locator("input:user-invalid").waitFor();
    expect(new URL(page.url()).search).toBe("");
  });

  test("decisions are taken under a name without TLS as well", async ({ board, page }) => {
    await addRequest(board, REVIEW, { requestId: "first", users: 2 });
    await page.goto(`http://dsr.test:${new URL(board.url).port}/requests/first/refuse`);
    await page.getByRole("button", { name: "Refuse, and delete nobody" }).click();
    await page.getByText("failed/not_approved").first().waitFor();
  });

  test("Bull Board and the requests lead to each other", async ({ board, page, complaints }) => {
    await addRequest(board, REVIEW, { requestId: "first", users: 2 });
    await page.goto("/");
    await page.getByRole("banner").getByRole("button").last().click();
    await page.getByRole("menuitem", { name: "Requests" }).click();
    await page.getByRole("link", { name: "first", exact: true }).click();
    await page.getByRole("link", { name: "delete: first" }).click();
    await page.waitForURL("**/queue/delete/first");
    await page.getByRole("tab", { name: "Data" }).waitFor();
    expect(complaints()).toEqual([]);
  });
});

const MOST_STOPS = 30;

/** Presses the tabulator until it is there. */
const tabTo = async (page: Page, goal: Locator): Promise<void> => {
  for (let stops = 0; stops < MOST_STOPS; stops++) {
    await page.keyboard.press("Tab");
    if ((await goal.and(page.locator(":focus-visible")).count()) === 0) continue;
    const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle");
    expect(outline).toBe("solid");
    return;
  }
  throw new Error(`The keyboard does not lead to ${goal}`);
};

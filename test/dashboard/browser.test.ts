import type { Page } from "playwright-core";
import { expect, vi } from "vitest";
import { describeInBrowser, test } from "./browser.ts";
import { ANN, refuse } from "./fixture.ts";

describeInBrowser("Bull Board in a browser", () => {
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

import { expect } from "vitest";
import { decide } from "../../src/commands/decide.ts";
import { overdue } from "../../src/commands/overdue.ts";
import { RequestId } from "../../src/identifiers.ts";
import { listDue } from "../../src/requests/lists.ts";
import { lookUpRequest } from "../../src/requests/look-up.ts";
import { settled, test } from "../helpers/system.ts";

const DAY_MS = 86_400_000;

test("a request keeps the due date of its regulation, from the time it was queued", async ({
  system,
  app,
}) => {
  app.seed({ id: "ann" });
  const subject = { userId: "ann" };
  const id = await system.producer.requestDelete({ subject, regulation: "ccpa" });
  const queued = await lookUpRequest(id, system);
  expect(queued).toMatchObject({ deadline: "on_track", state: { status: "pending" } });

  await using _ = await system.start();
  const { dueAt } = await system.until(id, settled);
  expect(dueAt).toBe(queued?.dueAt);
  const added = (await system.queues.delete.getJob(id))?.timestamp ?? 0;
  expect(Date.parse(dueAt ?? "") - added).toBe(45 * DAY_MS);
  expect(await lookUpRequest(id, system)).toMatchObject({ deadline: "met" });
});

test("overdue requests are listed until they are completed, failed ones too", async ({
  system,
  worker: _,
  app,
}) => {
  app.seed({ id: "ann" }, { id: "bob" });
  app.failTasks({ kind: "failed" });
  const dueAt = new Date(Date.now() - DAY_MS).toISOString();
  const late = await system.producer.requestDelete({ subject: { userId: "ann" }, dueAt });
  await system.until(late, settled);
  const early = await system.producer.requestDelete({
    subject: { userId: "bob" },
    regulation: "gdpr",
  });
  await system.until(early, settled);

  expect(await listDue(system, Date.now(), Date.now())).toMatchObject([
    { requestId: late, deadline: "overdue", state: { status: "failed" } },
  ]);
  const lines: string[] = [];
  await overdue(system, (line) => lines.push(line));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(new RegExp(`^overdue +${dueAt} +${late} +delete +default +failed$`));

  await expect.poll(() => system.queues["task-status"].getFailedCount()).toBe(1);
  await (await system.queues["task-status"].getFailed())[0]?.retry();
  await system.until(late, ({ state }) => state.status === "completed");
  expect(await listDue(system, Date.now() + 60 * DAY_MS, Date.now())).toEqual([]);
  expect(await lookUpRequest(late, system)).toMatchObject({ deadline: "breached" });
});

test("a request that waits in line is listed, and has no record yet", async ({ app, system }) => {
  app.seedMany(550);
  const windowMs = 60_000;
  await using _ = await system.start({ rateLimits: { share: 0.8, windowMs } });
  const dueAt = new Date(Date.now() + 5 * DAY_MS).toISOString();
  const ids = await Promise.all(
    Array.from({ length: 550 }, (_, index) =>
      system.producer.requestDelete({ subject: { userId: `user-${index}` }, dueAt }),
    ),
  );

  await expect.poll(() => system.queues.delete.getDelayedCount()).toBeGreaterThanOrEqual(100);
  const listed = await listDue(system, Date.now() + 7 * DAY_MS, Date.now());
  const waiting = listed.filter(({ state }) => state.status === "pending");
  expect(waiting.length).toBeGreaterThanOrEqual(100);
  expect(waiting[0]).toMatchObject({ deadline: "due_soon", history: [] });
  for (const { requestId } of waiting) expect(ids).toContain(requestId);
});

test("whoever has been cancelled is not listed, and one whose job has another id stays", async ({
  system,
}) => {
  const past = new Date(Date.now() - DAY_MS).toISOString();
  const foreign = RequestId.parse("ticket-1");
  await system.requests.noteDue(foreign, past);
  const id = await system.producer.requestDelete({ subject: { userId: "ann" }, dueAt: past });
  await decide("cancel", id, system);
  await system.requests.noteDue(id, past);

  expect(await listDue(system, Date.now(), Date.now())).toEqual([]);
  expect(await system.requests.dueBefore(Date.now(), 10)).toEqual([foreign]);
});

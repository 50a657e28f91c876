import { describe, expect } from "vitest";
import { NOTHING } from "../../emulator/remaining.ts";
import { type System, settled, test } from "../helpers/system.ts";

const failedJobs = (system: System) => system.queues["task-status"].getFailed();
const retryAll = async (system: System) => {
  for (const job of await failedJobs(system)) await job.retry();
};

describe("a request for several users", () => {
  test("is not completed by the task of one while Stream refuses another", async ({
    system,
    worker: _,
    app,
  }) => {
    const email = "victim@example.com";
    app.seed({ id: "a" }, { id: "z" }, { id: "v1", email }, { id: "v2", email, messages: 7 });
    app.failDeletionOf("v2", { kind: "refused", status: 400 });
    const ids = await Promise.all([
      system.producer.requestDelete({ subject: { userId: "a" } }),
      system.producer.requestDelete({ requestId: "victim", subject: { email } }),
      system.producer.requestDelete({ subject: { userId: "z" } }),
    ]);
    for (const id of ids) await system.until(id, settled);
    await expect
      .poll(async () => (await system.queues["task-status"].getJobCounts("delayed")).delayed)
      .toBeLessThanOrEqual(1);
    expect((await system.record("victim"))?.state).toMatchObject({
      status: "failed",
      reason: "invalid_input",
    });

    app.failDeletionOf("v2", undefined);
    await (await system.queues.delete.getJob("victim"))?.retry();
    await system.until("victim", ({ state }) => state.status === "completed");
    expect(app.remaining("v2")).toEqual(NOTHING);
  });

  test("one of whose tasks fails while the other still runs can be retried from its job", async ({
    system,
    worker: _,
    app,
  }) => {
    const email = "ann@example.com";
    app.seed({ id: "ann-1", email }, { id: "ann-2", email });
    app.options.tasks.stuck = true;
    await system.producer.requestDelete({ requestId: "both", subject: { email } });
    await system.until("both", ({ state }) => "tasks" in state);
    const apart = (taskId: string) => taskId as never;
    await system.requests.update("both" as never, (dossier) => {
      if (!dossier?.personal?.users) throw new Error("no users");
      const [one, two] = dossier.personal.users;
      if (!one || two?.state !== "submitted") throw new Error("not submitted");
      const users = [one, { ...two, taskId: apart("another-task") }];
      return { ...dossier, personal: { ...dossier.personal, users } };
    });
    await system.followTask({
      taskId: apart("another-task"),
      connection: "default" as never,
      purpose: "deletion",
    });
    app.options.tasks.stuck = false;
    // The other task is one that Stream does not know; its job fails first, while the request still waits.
    await expect.poll(async () => (await failedJobs(system)).length, { timeout: 10_000 }).toBe(1);
    app.endTasks();
    await system.until("both", settled);
    await retryAll(system);
    const { state } = await system.until("both", ({ state }) => state.status === "completed");
    expect(state).toMatchObject({ outcome: "erased_unverified", users: 2 });
    expect(app.remaining("ann-2")).toEqual(NOTHING);
  });
});

test("an HTML 404 from something between us and Stream does not pass for an absent user", async ({
  system,
  worker: _,
  app,
}) => {
  app.seed({ id: "ann", messages: 2 });
  const page = { kind: "answer", status: 404, body: "<html>no such page</html>" } as const;
  app.fault("DeleteUsers", page);
  app.fault("ExportUser", page);
  const access = await system.producer.requestAccess({ subject: { userId: "ann" } });
  expect((await system.until(access, settled)).state).toMatchObject({ outcome: "exported" });
  const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
  expect((await system.until(id, settled)).state).toMatchObject({ status: "completed" });
  expect(app.remaining("ann")).toEqual(NOTHING);
});

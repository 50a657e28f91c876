import { expect } from "vitest";
import { z } from "zod";
import { startDashboard } from "../../src/dashboard/dashboard.ts";
import { publishedKeys } from "../../src/evidence/receipts.ts";
import { openLogger } from "../../src/logger.ts";
import { PREFIX } from "../../src/queues/queues.ts";
import { State } from "../../src/requests/record.ts";
import { settled, test } from "../helpers/system.ts";

test("a failed request that an operator retries in Bull Board is completed", async ({
  system,
  worker: _,
  app,
}) => {
  await using dashboard = await startDashboard({
    host: "127.0.0.1",
    port: 0,
    queues: system.queues,
    requests: system.requests,
    publicKeys: () => publishedKeys(system.redis, PREFIX),
    logger: openLogger("silent"),
  });
  const answer = async (path: string): Promise<unknown> =>
    (await fetch(`${dashboard.url}${path}`)).json();
  const stateOf = async (id: string) => {
    const response = await fetch(`${dashboard.url}/requests/${id}`);
    return z.object({ state: State }).parse(await response.json()).state;
  };

  app.seed({ id: "ann" });
  app.failTasks({ kind: "failed" });
  const dueAt = new Date(Date.now() - 1000).toISOString();
  const id = await system.producer.requestDelete({ subject: { userId: "ann" }, dueAt });
  await system.until(id, settled);
  expect(await stateOf(id)).toMatchObject({ status: "failed", reason: "task_failed" });

  expect(await answer("/requests")).toMatchObject({
    requests: [{ requestId: id, deadline: "overdue" }],
  });
  await expect
    .poll(() => answer("/.well-known/jwks.json"), { timeout: 5000 })
    .toMatchObject({ keys: [{ kty: "OKP", crv: "Ed25519", use: "sig" }] });
  await expect.poll(() => system.queues["task-status"].getFailedCount()).toBe(1);
  const [job] = await system.queues["task-status"].getFailed();
  const retry = `${dashboard.url}/api/queues/task-status/${job?.id}/retry`;
  expect((await fetch(retry, { method: "PUT" })).status).toBeLessThan(300);
  await system.until(id, ({ state }) => state.status === "completed");
  expect(await stateOf(id)).toMatchObject({ outcome: "erased_unverified" });
});

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeJwt } from "jose";
import { expect } from "vitest";
import { verifyReceipts } from "../../src/evidence/verify.ts";
import { test as base, settled } from "../helpers/system.ts";

const test = base.extend("env", { STREAM_VERIFICATION: '{"delaySeconds":0}' });

test("every ended request leaves a receipt in one chain that outlives Redis and names nobody", async ({
  system,
  app,
}) => {
  app.seed(
    { id: "ann-of-arendal", email: "ann@example.com", messages: 2, devices: ["phone"] },
    { id: "bob" },
  );
  app.failTasks({ kind: "user_errors", errors: { bob: "please retry" } });
  const one = await system.start();
  const two = await system.start();
  const subject = { userId: "ann-of-arendal" };
  const ids = [
    await system.producer.requestDelete({ requestId: "delete-bob", subject: { userId: "bob" } }),
    await system.producer.requestAccess({ requestId: "access-ann", subject }),
  ];
  for (const id of ids) await system.until(id, settled);
  await system.producer.requestDelete({ requestId: "delete-ann", subject });
  await system.until("delete-ann", settled);
  await one[Symbol.asyncDispose]();
  await two[Symbol.asyncDispose]();
  await system.redis.flushall();

  const folder = join(system.config.evidence.directory, "receipts");
  expect(await verifyReceipts(folder)).toMatchObject({ checked: 3, broken: [] });
  const files = (await readdir(folder)).filter((file) => file.endsWith(".jws"));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  const claims = texts.map((text) => decodeJwt(text.trim()));
  expect(claims.find(({ requestId }) => requestId === "delete-ann")).toMatchObject({
    status: "completed",
    outcome: "erased_verified",
    options: { user: "hard", messages: "hard", files: true, newChannelOwner: false },
    verification: { read: { users: 1 }, left: { profiles: 0, messages: 0, reactions: 0 } },
    steps: { devices: "done" },
    taskIds: [app.callsTo("DeleteUsers").at(-1)?.taskId],
  });
  expect(claims.find(({ requestId }) => requestId === "delete-bob")).toMatchObject({
    status: "failed",
    reason: "user_error",
  });
  expect(JSON.stringify(claims)).not.toMatch(/arendal|example\.com|"bob"/);
});

test("a request that is retried and then completed leaves a second receipt", async ({
  system,
  worker: _,
  app,
}) => {
  app.seed({ id: "ann" });
  app.failTasks({ kind: "failed" });
  const id = await system.producer.requestDelete({ subject: { userId: "ann" } });
  const folder = join(system.config.evidence.directory, "receipts");
  const receipts = async () =>
    (await readdir(folder).catch(() => [])).filter((file) => file.endsWith(`${id}.jws`)).length;
  await expect.poll(receipts, { timeout: 10_000 }).toBe(1);
  await expect.poll(() => system.queues["task-status"].getFailedCount()).toBe(1);
  await (await system.queues["task-status"].getFailed())[0]?.retry();
  await expect.poll(receipts, { timeout: 10_000 }).toBe(2);
  expect(await verifyReceipts(folder)).toMatchObject({ checked: 2, broken: [] });
});

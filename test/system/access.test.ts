import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { path, settled, test } from "../helpers/system.ts";

describe("an access request", () => {
  test("puts what Stream sent into the result store, byte for byte, with a manifest", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann", name: "Ann", email: "ann@example.com", messages: 25, reactions: 4 });
    const id = await system.producer.requestAccess({ subject: { userId: "ann" } });
    const { state } = await system.until(id, settled);
    expect(state).toEqual({ status: "completed", outcome: "exported", users: 1 });

    const place = join(system.config.results.directory, id);
    const text = await readFile(join(place, "user-1.json"), "utf8");
    const manifest = JSON.parse(await readFile(join(place, "manifest.json"), "utf8"));
    expect(text).toMatch(/"created_at":\d{19}[,}]/);
    expect(manifest).toMatchObject({
      requestId: id,
      complete: true,
      users: [
        {
          userId: "ann",
          status: "complete",
          source: "ExportUser",
          file: "user-1.json",
          bytes: Buffer.byteLength(text),
          sha256: createHash("sha256").update(text).digest("hex"),
          counts: { messages: 25, reactions: 4 },
        },
      ],
    });
    expect(manifest.notCovered.length).toBeGreaterThan(0);
    await expect
      .poll(async () => (await system.queues.access.getJob(id))?.returnvalue)
      .toEqual({ outcome: "exported", users: 1, reference: place });
  });

  test("by e-mail exports everybody who has the address", async ({ system, worker: _, app }) => {
    const email = "ann@example.com";
    app.seed({ id: "ann-1", email }, { id: "ann-2", email, deactivated: true });
    const id = await system.producer.requestAccess({ subject: { email } });
    const { state } = await system.until(id, settled);
    expect(state).toMatchObject({ outcome: "exported", users: 2 });
    const files = await readdir(join(system.config.results.directory, id));
    expect(files.sort()).toEqual(["index.html", "manifest.json", "user-1.json", "user-2.json"]);
  });

  test.for([{ userId: "nobody" }, { email: "nobody@example.com" }])(
    "for nobody is a no_match and leaves no package: %j",
    async (subject, { system, worker: _ }) => {
      const id = await system.producer.requestAccess({ subject: subject as { email: string } });
      const { state } = await system.until(id, settled);
      expect(state).toEqual({ status: "completed", outcome: "no_match", users: 0 });
      expect(await readdir(system.config.results.directory)).toEqual([".drafts"]);
    },
  );

  test("of a user above the synchronous limit goes on with a task of Stream's", async ({
    system,
    worker: _,
    app,
  }) => {
    const email = "ann@example.com";
    app.seed({ id: "ann-1", email, messages: 10_001 }, { id: "ann-2", email, messages: 2 });
    const id = await system.producer.requestAccess({ subject: { email } });
    const record = await system.until(id, settled);
    expect(path(record)).toEqual([
      "in_progress/resolving",
      "in_progress/collecting",
      "in_progress/polling",
      "in_progress/collecting",
      "completed/exported_truncated",
    ]);
    expect(record.state).toHaveProperty("detail", expect.stringContaining("10,000"));
    const place = join(system.config.results.directory, id);
    const manifest = JSON.parse(await readFile(join(place, "manifest.json"), "utf8"));
    const text = await readFile(join(place, "user-1.ndjson"), "utf8");
    expect(manifest).toMatchObject({
      complete: false,
      users: [
        {
          status: "truncated",
          source: "ExportUsers",
          file: "user-1.ndjson",
          counts: { messages: 10_000 },
          sha256: createHash("sha256").update(text).digest("hex"),
        },
        { status: "complete", source: "ExportUser", counts: { messages: 2 } },
      ],
    });
    expect(JSON.parse(text.trim()).user.id).toBe("ann-1");
    const files = await readdir(place);
    expect(files).toEqual(expect.arrayContaining([...manifest.pages, "user-2.json"]));
    expect(files).toHaveLength(manifest.pages.length + 3);
  });

  test("is partially_exported, with the reason, when Stream refuses the task too", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann", messages: 10_001 });
    app.fault("ExportUsers", { kind: "answer", status: 400, body: '{"code":4}' });
    const id = await system.producer.requestAccess({ subject: { userId: "ann" } });
    expect((await system.until(id, settled)).state).toMatchObject({
      outcome: "partially_exported",
      detail: expect.stringContaining("10,000"),
    });
  });

  test("whose task fails is submitted again when its status job is retried", async ({
    system,
    worker: _,
    app,
  }) => {
    app.seed({ id: "ann", messages: 10_001 });
    app.failTasks({ kind: "failed" }, 1, "ExportUsers");
    const id = await system.producer.requestAccess({ subject: { userId: "ann" } });
    expect((await system.until(id, settled)).state).toMatchObject({ reason: "task_failed" });
    await expect.poll(() => system.queues["task-status"].getFailedCount()).toBe(1);
    await (await system.queues["task-status"].getFailed())[0]?.retry();
    await system.until(id, ({ state }) => state.status === "completed");
    expect(app.callsTo("ExportUsers")).toHaveLength(2);
  });

  test.for(["reset_mid_body", "truncated_body"] as const)(
    "is tried again when the answer breaks off (%s), and never half written",
    async (kind, { system, worker: _, app }) => {
      app.seed({ id: "ann", messages: 400 });
      app.fault("ExportUser", { kind });
      const id = await system.producer.requestAccess({ subject: { userId: "ann" } });
      const { state } = await system.until(id, settled);
      expect(state).toMatchObject({ outcome: "exported" });
      expect(app.callsTo("ExportUser")).toHaveLength(2);
      const place = join(system.config.results.directory, id);
      const text = await readFile(join(place, "user-1.json"), "utf8");
      expect(JSON.parse(text).messages).toHaveLength(400);
      expect(await readdir(join(system.config.results.directory, ".drafts"))).toEqual([]);
    },
  );
});

import { describe, expect } from "vitest";
import { runMain } from "./helpers/process.ts";
import { settled, test } from "./helpers/system.ts";

const run = async (args: readonly string[], env: Record<string, string>) => {
  await using child = runMain(args, env);
  return await child.exit;
};

describe("the command line", () => {
  test("queues a request, and says what became of it", async ({ system, redisUrl, app }) => {
    const env = { REDIS_URL: redisUrl };
    app.seed({ id: "ann" });
    const args = ["enqueue", "delete", "--user-id", "ann", "--request-id", "ticket-1"];
    expect(await run(args, env)).toMatchObject({ code: 0, output: "ticket-1\n" });
    expect(JSON.parse((await run(["status", "ticket-1"], env)).output)).toMatchObject({
      state: { status: "pending" },
    });
    await using _ = await system.start();
    await system.until("ticket-1", settled);
    const { output } = await run(["status", "ticket-1"], env);
    expect(JSON.parse(output)).toMatchObject({
      state: { status: "completed", outcome: "erased_unverified" },
    });
    expect(output).not.toContain("ann");
  });

  test("refuses a request that is not valid, and names the field", async ({ redisUrl }) => {
    const result = await run(["enqueue", "access", "--request-id", "42"], { REDIS_URL: redisUrl });
    expect(result.code).toBe(1);
    expect(result.output).toContain("requestId: must not be a bare number");
    expect(result.output).toContain("subject: must be");
  });

  test("cancels a request, and says why it cannot be approved", async ({ system, redisUrl }) => {
    const env = { REDIS_URL: redisUrl };
    await system.producer.requestDelete({ requestId: "ticket-1", subject: { userId: "ann" } });
    expect(await run(["cancel", "ticket-1"], env)).toMatchObject({ code: 0, output: "" });
    expect((await system.record("ticket-1"))?.state).toMatchObject({ reason: "cancelled" });
    expect(await run(["approve", "ticket-1"], env)).toMatchObject({
      code: 1,
      output: "Request ticket-1 does not wait for approval: it is failed/cancelled.\n",
    });
    expect(await run(["release", "default"], env)).toMatchObject({
      code: 1,
      output: "The brake of connection default is not engaged.\n",
    });
  });

  test("does not know a request that is not there", async ({ redisUrl }) => {
    const result = await run(["status", "nothing"], { REDIS_URL: redisUrl });
    expect(result).toMatchObject({ code: 1, output: "No request nothing is known.\n" });
  });

  test("says within seconds that Redis is away", async () => {
    const env = { REDIS_URL: "redis://:hush@127.0.0.1:9" };
    for (const args of [
      ["enqueue", "access", "--user-id", "ann"],
      ["status", "r-1"],
    ]) {
      const { code, output } = await run(args, env);
      expect(code).toBe(1);
      expect(output).toContain("Redis does not answer at redis://127.0.0.1:9");
      expect(output).not.toContain("hush");
    }
  });

  test("checks the connections, and exits with 1 when one does not work", async ({ system }) => {
    const good = await run(["check"], system.variables);
    expect(good).toMatchObject({ code: 0, output: expect.stringMatching(/^ok +default: app/) });
    const bad = await run(["check"], { ...system.variables, STREAM_API_SECRET: "wrong" });
    expect(bad).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^failed +default: The API secret/),
    });
  });

  test("prints the JSON Schemas of the payloads", async () => {
    const { code, output } = await run(["schema"], {});
    expect(code).toBe(0);
    expect(Object.keys(JSON.parse(output))).toEqual(["access", "delete"]);
  });

  test("reports every problem of the configuration, and starts nothing", async () => {
    const { code, output } = await run(["worker"], { RECORD_TTL_DAYS: "x", DASHBOARD_HOST: "::" });
    expect(code).toBe(1);
    for (const name of ["RECORD_TTL_DAYS", "STREAM_API_KEY", "DASHBOARD_PASSWORD"]) {
      expect(output).toContain(name);
    }
  });
});

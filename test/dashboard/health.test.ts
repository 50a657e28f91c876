import { describe, expect, vi } from "vitest";
import { startDashboard } from "../../src/dashboard/dashboard.ts";
import { openLogger } from "../../src/logger.ts";
import { openBoard, test } from "./fixture.ts";

describe("health", () => {
  test("is 503 while Redis is away and 200 when it is back", async ({ ownRedis }) => {
    await using board = await openBoard(ownRedis.url);
    expect((await board.call("/healthz")).status).toBe(200);
    await ownRedis.kill();
    expect((await board.call("/healthz")).status).toBe(503);
    await ownRedis.restart();
    await vi.waitFor(async () => expect((await board.call("/healthz")).status).toBe(200), {
      timeout: 10_000,
    });
  });

  const answers: [string, () => boolean | Promise<boolean>, number][] = [
    ["true", () => true, 200],
    ["false", async () => false, 503],
    ["an error", () => Promise.reject(new Error("no")), 503],
  ];

  test.for(answers)("follows isHealthy: %s", async ([, isHealthy, status], { redisUrl }) => {
    await using board = await openBoard(redisUrl, { isHealthy });
    expect((await board.call("/healthz")).status).toBe(status);
  });
});

test("a taken port is reported with what to do", async ({ board }) => {
  const { queues, requests, url } = board;
  const place = { host: "127.0.0.1", port: Number(new URL(url).port) };
  const logger = openLogger("silent");
  await expect(
    startDashboard({ publicKeys: async () => ({}), ...place, queues, requests, logger }),
  ).rejects.toThrow(/cannot listen .*EADDRINUSE.*DASHBOARD_PORT/);
});

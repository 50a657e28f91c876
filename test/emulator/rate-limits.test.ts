import { expect } from "vitest";
import { DEFAULT_LIMITS } from "../../emulator/settings.ts";
import { MINUTE, SECOND, START, test, tokenOf } from "./fixture.ts";

const deletion = { user_ids: ["ann"], user: "hard" };
const limitsIn = (headers: Headers) =>
  ["limit", "remaining", "reset"].map((name) => Number(headers.get(`x-ratelimit-${name}`)));
const RESET = (START + MINUTE) / SECOND;

test("tells limit, rest and reset in seconds with every answer, also a refusal", async ({
  send,
  post,
}) => {
  expect(limitsIn((await post("/users/delete", deletion)).headers)).toEqual([6, 5, RESET]);
  expect(limitsIn((await post("/users/delete", {})).headers)).toEqual([6, 4, RESET]);
  const unauthorized = await send("/app", { headers: { authorization: "" } });
  expect(limitsIn(unauthorized.headers)).toEqual([10_000, 10_000, RESET]);
});

test("refuses the seventh deletion of a minute and no other call", async ({
  clock,
  send,
  post,
}) => {
  clock.advance(50 * SECOND);
  for (let call = 0; call < 6; call += 1) await post("/users/delete", deletion);
  const { status, headers, body } = await post("/users/delete", deletion);
  expect(status).toBe(429);
  expect(limitsIn(headers)).toEqual([6, 0, RESET]);
  expect(headers.get("retry-after")).toBeNull();
  expect(body).toMatchObject({
    code: 9,
    StatusCode: 429,
    message:
      'DeleteUsers failed with error: "Too many requests, check response headers for more information."',
  });
  expect((await send("/app")).status).toBe(200);
  clock.advance(10 * SECOND);
  expect((await post("/users/delete", deletion)).status).toBe(201);
});

test("counts each platform by itself", async ({ emulator, send }) => {
  emulator.app().options.limits = { ...DEFAULT_LIMITS, GetApp: 1 };
  const android = {
    authorization: tokenOf({ user_id: "ann" }),
    "x-stream-client": "stream-android",
  };
  expect((await send("/app")).status).toBe(200);
  expect((await send("/app")).status).toBe(429);
  expect((await send("/app", { headers: android })).status).toBe(200);
  expect((await send("/app", { headers: android })).status).toBe(429);
});

test("also limits bursts when told to", async ({ app, clock, post }) => {
  app.options.perSecondLimit = true;
  expect((await post("/users/delete", deletion)).status).toBe(201);
  expect(limitsIn((await post("/users/delete", deletion)).headers)[1]).toBe(0);
  clock.advance(SECOND);
  expect((await post("/users/delete", deletion)).status).toBe(201);
});

test("has windows of any length, and none at all", async ({ app, clock, post }) => {
  app.options.windowMs = SECOND;
  for (let call = 0; call < 6; call += 1) await post("/users/delete", deletion);
  expect((await post("/users/delete", deletion)).status).toBe(429);
  clock.advance(SECOND);
  expect((await post("/users/delete", deletion)).status).toBe(201);
  app.options.limits = false;
  for (let call = 0; call < 8; call += 1) {
    expect((await post("/users/delete", deletion)).status).toBe(201);
  }
});

test("reports the same counters from GetRateLimits", async ({ send, post }) => {
  await post("/users/delete", deletion);
  const query = { server_side: "true", endpoints: "DeleteUsers,ExportUser" };
  expect((await send("/rate_limits", { query })).body).toEqual({
    server_side: {
      DeleteUsers: { limit: 6, remaining: 5, reset: RESET },
      ExportUser: { limit: 60, remaining: 60, reset: RESET },
    },
    duration: expect.any(String),
  });
  const { duration: _, ...all } = (await send("/rate_limits")).body;
  expect(Object.keys(all)).toEqual(["server_side", "android", "ios", "web", "unity"]);
});

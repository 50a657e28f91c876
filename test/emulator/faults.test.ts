import { expect } from "vitest";
import type { Fault } from "../../emulator/faults.ts";
import { test } from "./fixture.ts";

const limit = (headers: Headers) => headers.get("x-ratelimit-limit");

test.for<[Fault, number, number | undefined]>([
  [{ kind: "rate_limited" }, 429, 9],
  [{ kind: "edge_rate_limited" }, 429, undefined],
  [{ kind: "bad_gateway" }, 502, undefined],
  [{ kind: "internal_error" }, 500, -1],
  [{ kind: "not_found" }, 404, 16],
  [{ kind: "request_timeout" }, 408, 23],
  [{ kind: "unrecoverable", status: 400, code: 109 }, 400, 109],
  [{ kind: "invalid_body" }, 200, undefined],
  [{ kind: "answer", status: 418, body: '{"code":7}' }, 418, 7],
])("answers with %j once, then rightly", async ([fault, status, code], { app, send }) => {
  app.fault("GetApp", fault);
  const disturbed = await send("/app");
  expect([disturbed.status, disturbed.body.code]).toEqual([status, code]);
  expect((await send("/rate_limits")).status).toBe(200);
  expect((await send("/app")).status).toBe(200);
  expect(app.callsTo("GetApp").map((call) => call.status)).toEqual([status, 200]);
});

test("disturbs so many times, or for good", async ({ app, send }) => {
  app.fault("GetApp", { kind: "bad_gateway" }, 2);
  app.fault("GetApp", { kind: "internal_error" }, Number.POSITIVE_INFINITY);
  const statuses: number[] = [];
  for (let call = 0; call < 5; call += 1) statuses.push((await send("/app")).status);
  expect(statuses).toEqual([502, 502, 500, 500, 500]);
  app.clearFaults();
  expect((await send("/app")).status).toBe(200);
});

test("varies the headers of a 429", async ({ app, send }) => {
  app.fault("GetApp", { kind: "rate_limited" });
  app.fault("GetApp", { kind: "rate_limited", headers: "none", retryAfter: 7 });
  app.fault("GetApp", { kind: "rate_limited", headers: "doubled" });
  const standard = (await send("/app")).headers;
  expect([limit(standard), standard.get("x-ratelimit-remaining")]).toEqual(["10000", "0"]);
  const none = (await send("/app")).headers;
  expect([limit(none), none.get("retry-after")]).toEqual([null, "7"]);
  expect(limit((await send("/app")).headers)).toBe("10000, 10000");
});

test("doubles the headers of a right answer", async ({ app, send }) => {
  app.fault("GetApp", { kind: "doubled_headers" });
  const { status, headers } = await send("/app");
  expect([status, limit(headers)]).toEqual([200, "10000, 10000"]);
});

test("flags errors that are not worth a repetition", async ({ app, send }) => {
  app.fault("GetApp", { kind: "unrecoverable" });
  expect((await send("/app")).body).toMatchObject({ code: -1, unrecoverable: true });
});

test("hangs until the client gives up", async ({ app, send }) => {
  app.fault("GetApp", { kind: "hang" });
  await expect(send("/app", { signal: AbortSignal.timeout(50) })).rejects.toThrow("timeout");
  expect(app.calls).toMatchObject([{ operation: "GetApp", status: 0 }]);
});

test.for<Fault>([
  { kind: "reset" },
  { kind: "reset_mid_body" },
  { kind: "reset_mid_body", afterBytes: 300_000 },
])("breaks the connection: %j", async (fault, { app, send }) => {
  app.seed({ id: "ann", megabytes: 1 });
  app.fault("ExportUser", fault);
  await expect(send("/users/ann/export")).rejects.toThrow();
  expect((await send("/users/ann/export")).status).toBe(200);
});

test("ends a body too early", async ({ app, send }) => {
  app.seed({ id: "ann", megabytes: 1 });
  app.fault("ExportUser", { kind: "truncated_body", afterBytes: 100_000 });
  const { status, text, body } = await send("/users/ann/export");
  expect([status, Buffer.byteLength(text), body]).toEqual([200, 100_000, {}]);
});

test.for([
  [false, true],
  [true, false],
])("loses the answer after the effect: %s", async ([afterEffect, visible], { app, post }) => {
  app.seed({ id: "ann" });
  app.fault("DeleteUsers", { kind: "reset", afterEffect: afterEffect === true });
  await expect(post("/users/delete", { user_ids: ["ann"] })).rejects.toThrow();
  expect(app.remaining("ann").visible).toBe(visible);
});

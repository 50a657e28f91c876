import { expect } from "vitest";
import { DEFAULT_APP } from "../../emulator/settings.ts";
import { START, test, tokenOf } from "./fixture.ts";

const now = START / 1_000;
const wrongSecret = tokenOf({ server: true }, "x".repeat(64));

test("lets the server token in", async ({ send }) => {
  const { status, body } = await send("/app");
  expect(status).toBe(200);
  expect(body).toMatchObject({ app: { name: DEFAULT_APP.name, suspended: false } });
  expect(body.duration).toMatch(/^\d+\.\d\dms$/);
});

test.for<[string, Record<string, string>, number, number, string]>([
  ["an auth type that is missing", { "stream-auth-type": "" }, 401, 5, "stream-auth-type missing"],
  ["an auth type that is odd", { "stream-auth-type": "oauth" }, 401, 5, "stream-auth-type missing"],
  ["no token", { authorization: "" }, 401, 5, "invalid number of segments"],
  ["half a token", { authorization: "abc.def" }, 401, 5, "invalid number of segments"],
  ["a token that is no JSON", { authorization: "abc.def.ghi" }, 401, 5, "cannot unmarshal"],
  ["a Bearer prefix", { authorization: `Bearer ${tokenOf()}` }, 401, 5, "cannot unmarshal"],
  ["no algorithm", { authorization: tokenOf({}, "", { alg: "none" }) }, 401, 5, "signing method"],
  ["another secret", { authorization: wrongSecret }, 401, 43, DEFAULT_APP.apiKey],
  ["a token past its end", { authorization: tokenOf({ exp: now - 1 }) }, 401, 40, "expired (exp)"],
  ["a token before its time", { authorization: tokenOf({ nbf: now + 9 }) }, 401, 41, "(nbf)"],
  ["a token of tomorrow", { authorization: tokenOf({ iat: now + 9 }) }, 401, 42, "(iat)"],
  ["a user's token", { authorization: tokenOf({ user_id: "ann" }) }, 403, 17, "server side"],
])("refuses %s", async ([, headers, status, code, text], { send }) => {
  const reply = await send("/users/ann/export", { headers });
  expect(reply.status).toBe(status);
  expect(reply.body).toMatchObject({ code, StatusCode: status, details: [] });
  expect(reply.body.message).toContain(text);
});

test("refuses an unknown API key before it looks at anything else", async ({ send }) => {
  const headers = { "stream-auth-type": "", authorization: "" };
  const { status, body } = await send("/app", { query: { api_key: "nobody" }, headers });
  expect(status).toBe(401);
  expect(body).toMatchObject({
    code: 2,
    message: 'GetApp failed with error: "api_key is invalid"',
  });
});

test("has both of Stream's ways to refuse a secret", async ({ app, send }) => {
  app.options.wrongSecretCode = 5;
  const { body } = await send("/app", { headers: { authorization: wrongSecret } });
  expect(body).toMatchObject({ code: 5, StatusCode: 401 });
  expect(body.message).toContain("Token signature is invalid");
});

test("takes a Bearer token once it is told to", async ({ app, send }) => {
  app.options.acceptBearer = true;
  expect((await send("/app", { headers: { authorization: `Bearer ${tokenOf()}` } })).status).toBe(
    200,
  );
});

test("follows a rotated secret", async ({ app, send }) => {
  expect((await send("/app")).status).toBe(200);
  app.options.apiSecret = "y".repeat(64);
  expect((await send("/app")).body.code).toBe(43);
});

test("refuses everything for a suspended app, a wrong region and a lacking permission", async ({
  app,
  send,
}) => {
  app.options.denied = ["GetApp"];
  expect((await send("/app")).body).toMatchObject({ code: 17, StatusCode: 403 });
  expect((await send("/rate_limits")).status).toBe(200);
  app.options.wrongRegion = true;
  expect((await send("/app")).body.code).toBe(69);
  app.options.suspended = true;
  expect((await send("/app")).body).toMatchObject({ code: 99, StatusCode: 403 });
});

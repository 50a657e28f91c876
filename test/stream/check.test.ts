import { test as base, describe, expect } from "vitest";
import { startEmulator } from "../../emulator/emulator.ts";
import { DEFAULT_APP } from "../../emulator/settings.ts";
import { openStreamApp } from "../../src/stream/app.ts";
import { verifyCredentials } from "../../src/stream/check.ts";
import { DeletionOptions } from "../../src/stream/client.ts";
import { UNLIMITED } from "../../src/stream/limiter.ts";

const test = base
  .extend("stream", async ({}, { onCleanup }) => {
    const emulator = await startEmulator();
    onCleanup(() => emulator[Symbol.asyncDispose]());
    return emulator;
  })
  .extend("verify", ({ stream }) => async (given: Partial<typeof CREDENTIALS> = {}) => {
    const credentials = { ...CREDENTIALS, baseUrl: stream.url, ...given };
    const app = await openStreamApp({
      ...credentials,
      deletion: DeletionOptions.parse({}),
      devicesFirst: true,
      emailFields: ["email"],
      limiter: UNLIMITED,
      stopping: undefined,
    });
    return verifyCredentials(credentials, app);
  });

const { apiKey, apiSecret } = DEFAULT_APP;
const CREDENTIALS: { apiKey: string; apiSecret: string; baseUrl: string } = {
  apiKey,
  apiSecret,
  baseUrl: "",
};

test("good credentials are confirmed, with the app's name and its deletion limit", async ({
  verify,
}) => {
  expect(await verify()).toEqual({ ok: true, app: "Northwind Chat", deletionsPerMinute: 6 });
});

describe("before any call", () => {
  test.for([
    ["a space before the key", { apiKey: ` ${apiKey}` }, "API key begins or ends with a space"],
    ["a line break after the secret", { apiSecret: `${apiSecret}\n` }, "API secret begins or ends"],
    ["a space within the secret", { apiSecret: `${apiSecret} x` }, "API secret contains a space"],
    ["quotes around the key", { apiKey: `"${apiKey}"` }, "quotes"],
    ["key and secret swapped", { apiKey: apiSecret, apiSecret: apiKey }, "swapped"],
    ["no key", { apiKey: "" }, "API key is empty"],
  ] as const)("%s is noticed", async ([, given, advice], { verify, stream }) => {
    const result = await verify(given);
    expect(result).toMatchObject({ ok: false, code: "credentials_malformed" });
    expect(result).toHaveProperty("advice", expect.stringContaining(advice));
    expect(stream.app().calls).toEqual([]);
  });
});

describe("at Stream", () => {
  test("an unknown key", async ({ verify }) => {
    expect(await verify({ apiKey: "zzzzzzzzzzzz" })).toMatchObject({
      ok: false,
      code: "key_unknown",
      advice: expect.stringContaining("case-sensitive"),
    });
  });

  test.for([43, 5] as const)(
    "a wrong secret (answered with code %d)",
    async (code, { verify, stream }) => {
      stream.app().options.wrongSecretCode = code;
      const wrong = apiSecret.toUpperCase();
      const result = await verify({ apiSecret: wrong });
      expect(result).toMatchObject({ ok: false, code: "secret_wrong" });
      expect(JSON.stringify(result)).not.toContain(wrong);
      expect(JSON.stringify(result)).not.toContain(apiKey);
    },
  );

  test("a suspended app", async ({ verify, stream }) => {
    stream.app().options.suspended = true;
    expect(await verify()).toMatchObject({ ok: false, code: "app_suspended" });
  });

  test("a missing permission", async ({ verify, stream }) => {
    stream.app().options.denied = ["QueryUsers"];
    expect(await verify()).toMatchObject({
      ok: false,
      code: "permission_missing",
      advice: expect.stringContaining("GET /users answered 403"),
    });
  });

  test("a wrong region", async ({ verify, stream }) => {
    stream.app().options.wrongRegion = true;
    expect(await verify()).toMatchObject({ ok: false, code: "wrong_region" });
  });

  test("an unreachable host", async ({ verify }) => {
    expect(await verify({ baseUrl: "http://127.0.0.1:9" })).toMatchObject({
      ok: false,
      code: "unreachable",
    });
  });

  test("an address that is not Stream's API", async ({ verify, stream }) => {
    stream.app().fault("GetApp", { kind: "answer", status: 200, body: "<html>hello</html>" });
    expect(await verify()).toMatchObject({ ok: false, code: "invalid_answer" });
  });
});

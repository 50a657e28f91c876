import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { test as base, describe, expect } from "vitest";
import { startEmulator } from "../../emulator/emulator.ts";
import { DEFAULT_APP } from "../../emulator/settings.ts";
import { UserId } from "../../src/identifiers.ts";
import { openStreamApp } from "../../src/stream/app.ts";
import { DeletionOptions } from "../../src/stream/client.ts";
import { StreamError } from "../../src/stream/errors.ts";
import { UNLIMITED } from "../../src/stream/limiter.ts";

const openApp = (baseUrl: string) =>
  openStreamApp({
    apiKey: DEFAULT_APP.apiKey,
    apiSecret: DEFAULT_APP.apiSecret,
    baseUrl,
    deletion: DeletionOptions.parse({}),
    devicesFirst: true,
    emailFields: ["email", "custom.email"],
    limiter: UNLIMITED,
    stopping: undefined,
  });

const test = base
  .extend("stream", async ({}, { onCleanup }) => {
    const emulator = await startEmulator({ apps: [{ ...DEFAULT_APP, limits: false }] });
    onCleanup(() => emulator[Symbol.asyncDispose]());
    return emulator;
  })
  .extend("client", ({ stream }) => openApp(stream.url))
  .extend("recorder", async ({}, { onCleanup }) => {
    const requests: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      requests.push(request);
      response.end('{"app":{}}');
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    onCleanup(() => {
      server.close();
      server.closeAllConnections();
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
  });

const textOf = async (body: AsyncIterable<Buffer>) =>
  Buffer.concat(await Array.fromAsync(body)).toString();
const failureOf = async (promise: Promise<unknown>): Promise<StreamError> => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StreamError);
  return error as StreamError;
};

describe("a call", () => {
  test("carries the token as Stream's own SDKs make it, without Bearer", async ({ recorder }) => {
    await (await openApp(recorder.url)).getApp();
    const [request] = recorder.requests;
    const [header, payload, signature] = String(request?.headers.authorization).split(".");
    expect(Buffer.from(header ?? "", "base64url").toString()).toBe('{"alg":"HS256","typ":"JWT"}');
    expect(Buffer.from(payload ?? "", "base64url").toString()).toBe('{"server":true}');
    expect(signature).toMatch(/^[\w-]{43}$/);
    expect(request?.headers["stream-auth-type"]).toBe("jwt");
    expect(request?.url).toBe(`/api/v2/app?api_key=${DEFAULT_APP.apiKey}`);
  });

  test.for(["ines@costa", "Hiro.Tanaka", "with space", "@", "...", "x".repeat(255)])(
    "names the user %j in its path and reaches that user",
    async (id, { client, stream }) => {
      stream.app().seed({ id, name: "It is me" });
      const body = await (await client).exportUser(UserId.parse(id));
      expect(JSON.parse(await textOf(body)).user.id).toBe(id);
    },
  );

  test("never follows a redirect, which could carry the token elsewhere", async ({
    client,
    stream,
  }) => {
    const location = { location: "http://127.0.0.1:9/elsewhere" };
    stream.app().fault("GetApp", { kind: "answer", status: 302, body: "", headers: location });
    expect(await failureOf((await client).getApp())).toMatchObject({
      code: "refused",
      status: 302,
    });
  });

  test("that fails names itself, and neither the user nor the key", async ({ client }) => {
    const error = await failureOf((await client).exportUser(UserId.parse("ann")));
    expect(error.message).toBe("GET /users/{user_id}/export answered 404 (code 16)");
    expect(error).toMatchObject({
      code: "not_found",
      status: 404,
      streamCode: 16,
      retryable: false,
    });
    expect(JSON.stringify([error, error.cause, error.stack])).not.toMatch(/\bann\b|k7m2p9x4/);
  });
});

describe("an error of Stream's", () => {
  test.for([
    [{ kind: "internal_error" }, "unavailable", true],
    [{ kind: "bad_gateway" }, "unavailable", true],
    [{ kind: "request_timeout" }, "timeout", true],
    [{ kind: "edge_rate_limited" }, "rate_limited", true],
    [{ kind: "reset" }, "unavailable", true],
    [{ kind: "invalid_body" }, "invalid_answer", true],
    [{ kind: "unrecoverable" }, "unavailable", false],
    [{ kind: "answer", status: 418, body: "teapot" }, "refused", false],
    [{ kind: "answer", status: 413, body: '{"code":22}' }, "refused", false],
  ] as const)(
    "%j is %s, to be tried again: %s",
    async ([fault, code, retryable], { client, stream }) => {
      stream.app().fault("GetApp", fault);
      expect(await failureOf((await client).getApp())).toMatchObject({ code, retryable });
    },
  );

  test("429 says when the call may be made again", async ({ client, stream }) => {
    stream.app().fault("GetApp", { kind: "rate_limited", retryAfter: 90 });
    const before = Date.now();
    const { retryAt = 0 } = await failureOf((await client).getApp());
    expect(retryAt).toBeGreaterThanOrEqual(before + 90_000);
  });
});

describe("a look-up", () => {
  test("by e-mail finds everybody, page after page", async ({ client, stream }) => {
    const ids = stream.app().seedMany(250, () => ({ email: "all@example.com" }));
    expect(await (await client).findByEmail("All@example.com")).toEqual(ids);
    expect(stream.app().callsTo("QueryUsers")).toHaveLength(3);
  });

  test("by id asks for a hundred at once, in as many calls as their length needs", async ({
    client,
    stream,
  }) => {
    const short = stream.app().seedMany(100);
    const long = Array.from({ length: 60 }, (_, n) => `${n}-${"x".repeat(240)}`);
    stream.app().seed({ id: long[7] ?? "" });
    const app = await client;
    const visible = (ids: string[]) =>
      Promise.all(ids.map((id) => app.isVisible(UserId.parse(id))));
    expect(await visible(short)).toEqual(short.map(() => true));
    expect(stream.app().callsTo("QueryUsers")).toHaveLength(1);
    expect(await visible(long)).toEqual(long.map((_, n) => n === 7));
    expect(stream.app().callsTo("QueryUsers").length).toBeLessThanOrEqual(6);
  });
});

test("an export keeps every digit of Stream's nanoseconds", async ({ client, stream }) => {
  stream.app().seed({ id: "ann", messages: 3 });
  const text = await textOf(await (await client).exportUser(UserId.parse("ann")));
  const times = [...text.matchAll(/"created_at":(\d+)/g)].map(([, digits]) => digits ?? "");
  expect(times.length).toBeGreaterThanOrEqual(4);
  expect(times.some((digits) => String(JSON.parse(digits)) !== digits)).toBe(true);
});

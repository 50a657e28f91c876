import { describe, expect, vi } from "vitest";
import { openBoard, test } from "./fixture.ts";

const basic = (login: string) => ({
  Authorization: `Basic ${Buffer.from(login).toString("base64")}`,
});

const guarded = test.extend("guarded", async ({ redisUrl }, { onCleanup }) => {
  const board = await openBoard(redisUrl, { login: { user: "operator", password: "pa:ss" } });
  onCleanup(() => board[Symbol.asyncDispose]());
  return board;
});

describe("with a login", () => {
  guarded.for(["/", "/api/queues", "/requests/a", "/static/images/logo.svg", "/nothing"])(
    "%s asks for it",
    async (path, { guarded }) => {
      const response = await guarded.call(path);
      expect(response.status).toBe(401);
      expect(response.headers["www-authenticate"]).toBe(
        'Basic realm="stream-dsr", charset="UTF-8"',
      );
    },
  );

  guarded.for(["operator:wrong", "other:pa:ss", "operator", "", "operator:pa:ss "])(
    "%j does not open",
    async (login, { guarded }) => {
      expect((await guarded.call("/", { headers: basic(login) })).status).toBe(401);
    },
  );

  guarded("the right one opens, under any host name", async ({ guarded }) => {
    const headers = { ...basic("operator:pa:ss"), Host: "dsr.example.com" };
    expect((await guarded.call("/api/queues", { headers })).status).toBe(200);
  });

  guarded("health needs none", async ({ guarded }) => {
    expect((await guarded.call("/healthz")).status).toBe(200);
  });
});

describe("without a login", () => {
  test.for(["localhost", "localhost:3000", "127.0.0.1:3000", "[::1]:3000", "LOCALHOST"])(
    "the host name %s is answered",
    async (Host, { board }) => {
      expect((await board.call("/api/queues", { headers: { Host } })).status).toBe(200);
    },
  );

  test.for(["evil.example.com", "localhost.evil.example.com", "127.0.0.1.nip.io:3000", "10.0.0.1"])(
    "the host name %s is not",
    async (Host, { board }) => {
      expect((await board.call("/api/queues", { headers: { Host } })).status).toBe(403);
    },
  );
});

describe("a change", () => {
  test.for([
    [{}, 200],
    [{ "Sec-Fetch-Site": "same-origin" }, 200],
    [{ "Sec-Fetch-Site": "same-site" }, 403],
    [{ "Sec-Fetch-Site": "cross-site" }, 403],
    [{ "Sec-Fetch-Site": "none" }, 403],
    [{ Origin: "https://evil.example.com" }, 403],
    [{ Origin: "null" }, 403],
    [{ Host: "localhost:3000", Origin: "http://localhost:3000" }, 200],
    [{ Host: "localhost:3000", Origin: "http://localhost:3001" }, 403],
    [
      { Host: "localhost:3000", Origin: "http://localhost:3001", "Sec-Fetch-Site": "same-origin" },
      200,
    ],
  ] as const)("with headers %j is answered %i", async ([headers, status], { board }) => {
    const response = await board.call("/api/queues/pause", { method: "PUT", headers });
    expect(response.status).toBe(status);
    expect(await board.queues.access.isPaused()).toBe(status === 200);
  });

  test.for(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])(
    "with a body of %s is refused",
    async (type, { board }) => {
      const response = await board.call("/api/queues/access/add", {
        method: "POST",
        body: "name=x",
        headers: { "Content-Type": type },
      });
      expect(response.status).toBe(415);
      expect(await board.queues.access.count()).toBe(0);
    },
  );
});

describe("every answer", () => {
  test.for(["/", "/healthz", "/api/queues", "/requests/a", "/nothing"])(
    "of %s carries the security headers, is not kept, and does not name Express",
    async (path, { board }) => {
      const { headers } = await board.call(path);
      expect(headers).toMatchObject({
        "content-security-policy": expect.stringContaining("default-src 'none'; script-src 'self'"),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
      });
      expect(headers).not.toHaveProperty("x-powered-by");
    },
  );

  test("that fails says so without message or stack", async ({ board }) => {
    vi.stubEnv("NODE_ENV", "development");
    // A key of the wrong kind makes Redis refuse the board's own look.
    await board.redis.set("{stream-dsr}:delete:failed", "not a sorted set");
    await board.redis.set("{stream-dsr}:request:a", "not a hash");
    try {
      for (const path of ["/api/queues?activeQueue=delete&status=failed", "/requests/a"]) {
        const response = await board.call(path);
        expect(response.status).toBe(500);
        expect(response.json()).toEqual({
          error: "The request failed. The dashboard's log says why.",
        });
      }
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test("to broken JSON is 400", async ({ board }) => {
    const headers = { "Content-Type": "application/json" };
    const init = { method: "POST", body: "{", headers };
    const response = await board.call("/api/queues/access/add", init);
    expect(response.status).toBe(400);
    expect(response.json()).toEqual({ error: "The request is not valid." });
  });

  test("to a broken path is 400", async ({ board }) => {
    expect((await board.call("/requests/%ff")).status).toBe(400);
  });
});

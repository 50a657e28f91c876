import { createHmac } from "node:crypto";
import { test as base } from "vitest";
import type { EmulatedApp } from "../../emulator/emulated-app.ts";
import { type Emulator, startEmulator } from "../../emulator/emulator.ts";
import { DEFAULT_APP } from "../../emulator/settings.ts";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
// The beginning of a minute, so that windows are easy to reckon with.
export const START = 1_755_000_000_000;

export type Clock = { now: () => number; advance: (milliseconds: number) => void };

/** Fields of answers that tests look into; which of them are there depends on the answer. */
type Body = {
  code: number;
  message: string;
  duration: string;
  next?: string;
  task_id: string;
  status: string;
  user: { id: string };
  users: { id: string }[];
  messages: { id: string; type: string; text: string }[];
  reactions: unknown[];
  result: Record<string, { status: string; error?: string }> & { url: string };
};

export type Reply = { status: number; headers: Headers; text: string; body: Body };

type Request = {
  method?: string;
  query?: Record<string, string>;
  /** Sent as JSON, and text as it is. */
  body?: object | string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
};

export type Send = (path: string, request?: Request) => Promise<Reply>;

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Makes a token by hand, also a wrong one. */
export const tokenOf = (
  claims: object = { server: true },
  secret: string = DEFAULT_APP.apiSecret,
  header: object = { alg: "HS256", typ: "JWT" },
): string => {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
};

/** Calls an emulator as a server-side client of its first app does. */
export const sender =
  (url: string): Send =>
  async (path, { method = "GET", query = {}, body, headers = {}, signal } = {}) => {
    const search = new URLSearchParams({ api_key: DEFAULT_APP.apiKey, ...query });
    const response = await fetch(`${url}/api/v2${path}?${search}`, {
      method,
      headers: { authorization: tokenOf(), "stream-auth-type": "jwt", ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
  };

// What is not JSON has none of the fields, and `toEqual({})` says so.
const parsed = (text: string): Body => {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return {} as Body;
  }
};

export const test = base.extend<{
  clock: Clock;
  emulator: Emulator;
  app: EmulatedApp;
  send: Send;
  post: (path: string, body?: object | string) => Promise<Reply>;
}>({
  clock: async ({}, use) => {
    let time = START;
    await use({
      now: () => time,
      advance: (milliseconds) => {
        time += milliseconds;
      },
    });
  },
  emulator: async ({ clock }, use) => {
    await using emulator = await startEmulator({ now: clock.now });
    await use(emulator);
  },
  app: async ({ emulator }, use) => use(emulator.app()),
  send: async ({ emulator }, use) => use(sender(emulator.url)),
  post: async ({ send }, use) =>
    use((path, body) => send(path, { method: "POST", ...(body !== undefined && { body }) })),
});

import { describe, expect, test } from "vitest";
import { ConfigError, parseConfig } from "../../src/config/config.ts";

const credentials = { STREAM_API_KEY: "abcdefghijkl", STREAM_API_SECRET: "s".repeat(64) };
const files =
  (contents: Record<string, string> = {}) =>
  (path: string): string => {
    const content = contents[path];
    if (content === undefined) throw new Error("ENOENT");
    return content;
  };
const problemsOf = (env: Record<string, string>, contents?: Record<string, string>) => {
  try {
    parseConfig(env, files(contents));
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  return "none";
};

describe("one connection from the environment", () => {
  test("is called default, erases the whole record and waits for it", () => {
    expect(parseConfig(credentials, files()).connections).toEqual([
      {
        name: "default",
        apiKey: "abcdefghijkl",
        apiSecret: "s".repeat(64),
        baseUrl: "https://chat.stream-io-api.com",
        asynchronousDeletion: "wait-for-completion",
        products: ["chat"],
        skipDataSets: [],
        alsoDelete: {
          devices: true,
          groupCalls: false,
          recordings: false,
          abandonedConversations: false,
        },
        inventory: "dry-run",
        deletion: {
          user: "hard",
          messages: "hard",
          conversations: "hard",
          calls: "hard",
          files: true,
        },
        verification: { enabled: true, delaySeconds: 300 },
        guards: {
          protectedUsers: ["deleted-user-*", "delete-user-*"],
          mostUsers: 20,
          onSeveralMatches: "all",
          graceSeconds: 0,
          mostDeletionsPerHour: null,
        },
        emailFields: ["email", "custom.email"],
      },
    ]);
  });

  test("takes its choices from STREAM_ variables", () => {
    const env = {
      ...credentials,
      STREAM_BASE_URL: "http://127.0.0.1:4000",
      STREAM_ASYNCHRONOUS_DELETION: "complete-on-submit",
      STREAM_EMAIL_FIELDS: "custom.mail, email",
      STREAM_DELETION: '{"files":false,"newChannelOwnerId":"archive"}',
      STREAM_PRODUCTS: "chat, video",
      STREAM_SKIP_DATA_SETS: "appeals,flags",
      STREAM_ALSO_DELETE: '{"recordings":true}',
      STREAM_INVENTORY: "always",
    };
    expect(parseConfig(env, files()).connections[0]).toMatchObject({
      baseUrl: "http://127.0.0.1:4000",
      asynchronousDeletion: "complete-on-submit",
      emailFields: ["custom.mail", "email"],
      deletion: { user: "hard", files: false, newChannelOwnerId: "archive" },
      products: ["chat", "video"],
      skipDataSets: ["appeals", "flags"],
      alsoDelete: { devices: true, recordings: true },
      inventory: "always",
    });
  });

  test("takes guards from STREAM_GUARDS, and always protects Stream's own users", () => {
    const guards = { protectedUsers: ["admin", "bot-*"], graceSeconds: 60 };
    const env = { ...credentials, STREAM_GUARDS: JSON.stringify(guards) };
    expect(parseConfig(env, files()).connections[0]?.guards).toMatchObject({
      protectedUsers: ["deleted-user-*", "delete-user-*", "admin", "bot-*"],
      mostUsers: 20,
      graceSeconds: 60,
    });
  });

  test.each(['{"protectUsers":["admin"]}', '{"mostUsers":0}', '{"graceSeconds":-1}', "{"])(
    "refuses guards that are misspelt or make no sense: %s",
    (STREAM_GUARDS) => {
      expect(problemsOf({ ...credentials, STREAM_GUARDS })).toContain("STREAM_GUARDS: ");
    },
  );

  test("takes secrets from files, without the line break that ends them", () => {
    const env = { STREAM_API_KEY_FILE: "/k", STREAM_API_SECRET_FILE: "/s" };
    const config = parseConfig(env, files({ "/k": "abcdefghijkl\n", "/s": " secret\n" }));
    expect(config.connections[0]).toMatchObject({ apiKey: "abcdefghijkl", apiSecret: " secret" });
  });
});

describe("connections from a file", () => {
  test("are added, each with its own choices", () => {
    const contents = {
      "/c.json": JSON.stringify({
        connections: [
          {
            name: "eu",
            apiKey: "k",
            apiSecretFile: "/eu",
            asynchronousDeletion: "complete-on-submit",
            guards: { mostUsers: 3 },
          },
          { name: "us", apiKey: "k2", apiSecret: "s2" },
        ],
      }),
      "/eu": "s1\n",
    };
    const { connections } = parseConfig(
      { ...credentials, CONNECTIONS_FILE: "/c.json" },
      files(contents),
    );
    expect(
      connections.map(({ name, apiSecret, asynchronousDeletion }) => [
        name,
        apiSecret,
        asynchronousDeletion,
      ]),
    ).toEqual([
      ["default", "s".repeat(64), "wait-for-completion"],
      ["eu", "s1", "complete-on-submit"],
      ["us", "s2", "wait-for-completion"],
    ]);
    expect(connections.map(({ guards }) => guards.mostUsers)).toEqual([20, 3, 20]);
  });

  test("are refused with every problem at once", () => {
    const file = {
      connections: [
        { name: "eu", apiKey: "k" },
        { name: "eu", apiKey: "k", apiSecretFile: "/gone" },
      ],
    };
    const message = problemsOf({ CONNECTIONS_FILE: "/c" }, { "/c": JSON.stringify(file) });
    expect(message).toContain("/c: connection eu: apiSecret: must be set, or apiSecretFile");
    expect(message).toContain("/gone cannot be read");
    expect(message).toContain("connection eu: is configured twice");
  });
});

describe("a configuration", () => {
  test("is refused with all problems at once, naming variables and repeating no secret", () => {
    const message = problemsOf({
      STREAM_API_KEY: "hush-key",
      STREAM_ASYNCHRONOUS_DELETION: "never",
      STREAM_DELETION: "{",
      REDIS_URL: "http://hush",
      DASHBOARD_HOST: "0.0.0.0",
      RECORD_TTL_DAYS: "-1",
    });
    for (const name of [
      "STREAM_API_SECRET: must be set",
      "STREAM_ASYNCHRONOUS_DELETION",
      "STREAM_DELETION: is not valid JSON",
      "REDIS_URL",
      "DASHBOARD_PASSWORD: must be set when DASHBOARD_HOST",
      "RECORD_TTL_DAYS",
    ]) {
      expect(message).toContain(name);
    }
    expect(message).not.toContain("hush");
  });

  test("needs no credentials for commands that never talk to Stream", () => {
    expect(parseConfig({}, files(), { connections: "ignored" }).connections).toEqual([]);
    expect(problemsOf({})).toContain("STREAM_API_KEY and STREAM_API_SECRET: must be set");
  });

  test("derives the key of the subject HMACs from the secret, unless one is given", () => {
    const derived = parseConfig(credentials, files()).requests.subjectKey;
    expect(derived).toMatch(/^[0-9a-f]{64}$/);
    expect(derived).not.toContain(credentials.STREAM_API_SECRET);
    const given = parseConfig({ ...credentials, SUBJECT_KEY: "own" }, files());
    expect(given.requests.subjectKey).toBe("own");
  });
});

import { hkdfSync } from "node:crypto";
import { z } from "zod";
import type { RateLimits } from "../limits/limits.ts";
import { type ConnectionConfig, readConnections } from "./connection-config.ts";
import { type ReadFile, readSecret, type Variables, within } from "./sources.ts";

const days = (fallback: number) => z.coerce.number().positive().default(fallback);
const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);

const Environment = z.object({
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  DATA_DIR: z.string().default(".data"),
  CACHE_DIR: z.string().default(".cache"),
  RESULTS_DIR: z.string().optional(),
  EVIDENCE_DIR: z.string().optional(),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  RECORD_TTL_DAYS: days(90),
  TASK_DEADLINE_DAYS: days(14),
  RATE_LIMIT_SHARE: z.coerce.number().positive().max(1).default(0.8),
  SHUTDOWN_SECONDS: count(25),
  JOB_LOCK_SECONDS: count(30),
  ACCESS_CONCURRENCY: count(8),
  DELETE_CONCURRENCY: count(500),
  TASK_STATUS_CONCURRENCY: count(20),
  DASHBOARD_HOST: z.string().default("127.0.0.1"),
  DASHBOARD_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  DASHBOARD_USER: z.string().default("operator"),
});

export type Config = ReturnType<typeof assemble>;

/** Everything that is wrong with the configuration, one problem a line. */
export class ConfigError extends Error {
  override name = "ConfigError";
  constructor(problems: readonly string[]) {
    super(`The configuration is not valid:\n${problems.map((line) => `  - ${line}`).join("\n")}`);
  }
}

/**
 * Reads the configuration from environment variables and the files that they name.
 * @param options.connections `ignored` for commands that never talk to Stream and so need no credentials.
 * @throws ConfigError with all problems at once.
 */
export const parseConfig = (
  env: Variables,
  readFile: ReadFile,
  options: { connections: "required" | "ignored" } = { connections: "required" },
): Config => {
  const problems: string[] = [];
  const given: Variables = Object.fromEntries(Object.entries(env).filter(([, value]) => value));
  const variables = Environment.safeParse(given);
  if (!variables.success) problems.push(...within((path) => path.join("."), variables.error));
  const secrets = {
    password: readSecret(given, "DASHBOARD_PASSWORD", readFile, problems),
    subjectKey: readSecret(given, "SUBJECT_KEY", readFile, problems),
    evidenceKey: readSecret(given, "EVIDENCE_KEY", readFile, problems),
  };
  const connections =
    options.connections === "required" ? readConnections(given, readFile, problems) : [];
  const host = given.DASHBOARD_HOST;
  if (host && !isLoopback(host) && !secrets.password) {
    problems.push(
      "DASHBOARD_PASSWORD: must be set when DASHBOARD_HOST is not 127.0.0.1, localhost or ::1",
    );
  }
  if (!variables.success || problems.length > 0) throw new ConfigError(problems);
  return assemble(variables.data, connections, secrets);
};

const isLoopback = (host: string): boolean => ["127.0.0.1", "localhost", "::1"].includes(host);

const assemble = (
  variables: z.infer<typeof Environment>,
  connections: ConnectionConfig[],
  secrets: Record<"password" | "subjectKey" | "evidenceKey", string | undefined>,
) =>
  Object.freeze({
    redis: {
      redisUrl: variables.REDIS_URL,
      dataDirectory: `${variables.DATA_DIR}/redis`,
      cacheDirectory: variables.CACHE_DIR,
    },
    connections,
    evidence: {
      key: secrets.evidenceKey,
      keyFile: `${variables.DATA_DIR}/evidence-key.json`,
      directory: variables.EVIDENCE_DIR ?? `${variables.DATA_DIR}/evidence`,
    },
    results: { directory: variables.RESULTS_DIR ?? `${variables.DATA_DIR}/exports` },
    requests: {
      ttlSeconds: Math.round(variables.RECORD_TTL_DAYS * 86_400),
      subjectKey: secrets.subjectKey ?? derivedKey(connections),
    },
    rateLimits: { share: variables.RATE_LIMIT_SHARE, windowMs: 60_000 } as RateLimits,
    worker: {
      taskDeadlineMs: variables.TASK_DEADLINE_DAYS * 86_400_000,
      shutdownMs: variables.SHUTDOWN_SECONDS * 1000,
      lockMs: variables.JOB_LOCK_SECONDS * 1000,
      concurrency: {
        access: variables.ACCESS_CONCURRENCY,
        delete: variables.DELETE_CONCURRENCY,
        "task-status": variables.TASK_STATUS_CONCURRENCY,
      },
    },
    dashboard: {
      host: variables.DASHBOARD_HOST,
      port: variables.DASHBOARD_PORT,
      login: secrets.password
        ? { user: variables.DASHBOARD_USER, password: secrets.password }
        : undefined,
    },
    logLevel: variables.LOG_LEVEL,
  });

// All workers of a fleet have the first connection's secret in common, and Redis never sees it.
const derivedKey = (connections: readonly ConnectionConfig[]): string =>
  Buffer.from(
    hkdfSync("sha256", connections[0]?.apiSecret ?? "", "", "stream-dsr subject", 32),
  ).toString("hex");

import { readFileSync } from "node:fs";
import { openBase } from "../src/base.ts";
import { parseConfig } from "../src/config/config.ts";
import type { RateLimits } from "../src/limits/limits.ts";
import { openLogger } from "../src/logger.ts";
import { connectWorkerRedis } from "../src/redis.ts";
import { startWorkerService } from "../src/worker-service.ts";
import { answerQuestions } from "./child.ts";

type WorkerSetup = {
  redisUrl: string;
  variables: Record<string, string>;
  rateLimits: RateLimits;
};

const commands = {
  async start({ redisUrl, variables, rateLimits }: WorkerSetup): Promise<void> {
    const config = parseConfig(variables, (path) => readFileSync(path, "utf8"));
    const base = openBase(connectWorkerRedis(redisUrl), config);
    await startWorkerService(base, { ...config, rateLimits }, openLogger("silent"));
  },
};

export type WorkerCommands = typeof commands;

answerQuestions(commands);

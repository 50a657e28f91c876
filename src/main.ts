import { readFileSync } from "node:fs";
import { Argument, Command } from "commander";
import { type Base, openBase } from "./base.ts";
import { actionRequired } from "./commands/action-required.ts";
import { check } from "./commands/check.ts";
import { Decision, decide } from "./commands/decide.ts";
import { type EnqueueOptions, enqueue } from "./commands/enqueue.ts";
import { overdue } from "./commands/overdue.ts";
import { release } from "./commands/release.ts";
import { verify } from "./commands/verify.ts";
import { type Config, parseConfig } from "./config/config.ts";
import { startDashboard } from "./dashboard/dashboard.ts";
import { publishedKeys } from "./evidence/receipts.ts";
import { ConnectionName, RequestId } from "./identifiers.ts";
import { type Logger, openLogger } from "./logger.ts";
import { PREFIX } from "./queues/queues.ts";
import { payloadSchemas } from "./queues/schemas.ts";
import { connectProducerRedis, connectWorkerRedis } from "./redis.ts";
import { provideRedis } from "./redis-server/launch.ts";
import { lookUpRequest } from "./requests/look-up.ts";
import { startWorkerService } from "./worker-service.ts";

const configure = (connections: "required" | "ignored"): Config =>
  parseConfig(process.env, (path) => readFileSync(path, "utf8"), { connections });

const LAST_MS = 5000;

const untilStopped = () =>
  new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, resolve);
  });

const startDashboardService = async (base: Base, config: Config, logger: Logger) => {
  const dashboard = await startDashboard({
    ...config.dashboard,
    ...base,
    publicKeys: () => publishedKeys(base.redis, PREFIX),
    logger,
  });
  logger.info({ url: dashboard.url }, "dashboard ready");
  return dashboard;
};

const serve = async (config: Config, parts: (typeof startWorkerService)[]): Promise<void> => {
  const logger = openLogger(config.logLevel);
  await using redis = await provideRedis({ ...config.redis, log: (line) => logger.info(line) });
  await using base = openBase(connectWorkerRedis(redis.url), config);
  await using running = new AsyncDisposableStack();
  for (const start of parts) running.use(await start(base, config, logger));
  await untilStopped();
  // When Redis is away nothing can be put back; those jobs are found stalled and worked again.
  setTimeout(() => process.exit(1), config.worker.shutdownMs + LAST_MS).unref();
};

/** Fails at once when Redis is away, unlike `serve`. */
const withBase = async (work: (base: Base) => Promise<void>): Promise<void> => {
  const config = configure("ignored");
  await using redis = await provideRedis(config.redis);
  await using base = openBase(await connectProducerRedis(redis.url), config);
  await work(base);
};

const program = new Command("stream-dsr").description(
  "Fulfils privacy requests (access and erasure) against Stream, from a Redis queue.",
);

program
  .command("start")
  .description("run worker and dashboard in one process")
  .action(() => serve(configure("required"), [startWorkerService, startDashboardService]));

program
  .command("worker")
  .description("run a worker")
  .action(() => serve(configure("required"), [startWorkerService]));

program
  .command("dashboard")
  .description("run the dashboard")
  .action(() => serve(configure("ignored"), [startDashboardService]));

program
  .command("check")
  .description("verify the credentials of every connection at Stream")
  .action(async () => {
    process.exitCode = (await check(configure("required"), console.log)) ? 0 : 1;
  });

program
  .command("enqueue")
  .description("queue a request and print its id")
  .addArgument(new Argument("<type>").choices(["access", "delete"]))
  .option("--user-id <id>", "the subject's Stream user id")
  .option("--email <address>", "the subject's e-mail address")
  .option("--request-id <id>", "your name for the request (default: a new one)")
  .option("--connection <name>", "the connection that holds the user")
  .option("--due-at <time>", "when it must be answered, RFC 3339")
  .option("--regulation <name>", "instead: gdpr (one month) or ccpa (45 days) from now")
  .option("--dry-run", "delete only: say how many users would be deleted")
  .action(async (type: "access" | "delete", options: EnqueueOptions) => {
    await using redis = await provideRedis(configure("ignored").redis);
    console.log(await enqueue(type, redis.url, options));
  });

program
  .command("status")
  .description("print what is known of a request")
  .argument("<request-id>")
  .action((id: string) =>
    withBase(async (base) => {
      const view = await lookUpRequest(RequestId.parse(id), base);
      if (!view) process.exitCode = 1;
      console.log(view ? JSON.stringify(view, null, 2) : `No request ${id} is known.`);
    }),
  );

const DECISIONS: Record<Decision, string> = {
  approve: "let a request that leads to several users delete all of them",
  refuse: "end a request that leads to several users, and delete nobody",
  cancel: "end a delete request that has not been submitted to Stream",
};
for (const decision of Decision.options) {
  program
    .command(decision)
    .description(DECISIONS[decision])
    .argument("<request-id>")
    .action((id: string) => withBase((base) => decide(decision, RequestId.parse(id), base)));
}

program
  .command("release")
  .description("let the deletions of a connection go on whose brake is engaged")
  .argument("<connection>")
  .action((name: string) => withBase((base) => release(ConnectionName.parse(name), base)));

program
  .command("action-required")
  .description("list requests that wait for a human, and why")
  .action(() => withBase((base) => actionRequired(base, console.log)));

program
  .command("overdue")
  .description("list requests that are overdue, or due within a week")
  .action(() => withBase((base) => overdue(base, console.log)));

program
  .command("verify")
  .description("check the signature and the chain of receipts")
  .argument("<path>", "a receipt, or a folder of receipts")
  .action(async (path: string) => {
    process.exitCode = (await verify(path, console.log)) ? 0 : 1;
  });

program
  .command("schema")
  .description("print the JSON Schemas of the payloads")
  .action(() => console.log(JSON.stringify(payloadSchemas(), null, 2)));

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

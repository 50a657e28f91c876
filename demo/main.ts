import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startEmulator } from "../emulator/emulator.ts";
import { seedPeople } from "../emulator/seed.ts";
import { openBase } from "../src/base.ts";
import { parseConfig } from "../src/config/config.ts";
import { startDashboard } from "../src/dashboard/dashboard.ts";
import { publishedKeys } from "../src/evidence/receipts.ts";
import { openLogger } from "../src/logger.ts";
import { openProducer } from "../src/queues/producer.ts";
import { PREFIX } from "../src/queues/queues.ts";
import { connectWorkerRedis } from "../src/redis.ts";
import { provideRedis } from "../src/redis-server/launch.ts";
import { startWorkerService } from "../src/worker-service.ts";
import { APPS, connectionsFile } from "./apps.ts";
import { outcomes, showProgress } from "./progress.ts";
import { pushRequests } from "./requests.ts";

const { values } = parseArgs({
  options: { once: { type: "boolean", default: false }, port: { type: "string", default: "3000" } },
});
const stopped = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopped.abort());
const print = (line = ""): void => console.log(line);

const directory = await mkdtemp(join(tmpdir(), "stream-dsr-demo-"));
await using files = new AsyncDisposableStack();
files.defer(() => rm(directory, { recursive: true, force: true }));

// Never a Redis from the environment: a worker of the demo would take real requests to the emulator.
await using redis = await provideRedis({ cacheDirectory: ".cache", log: print });
await using emulator = await startEmulator({ apps: APPS });
for (const { apiKey } of APPS) seedPeople(emulator.app(apiKey));
emulator.app(APPS[2].apiKey).failTasks({ kind: "failed" });
print(`Redis (${redis.source}) and an emulator of Stream's API with ${APPS.length} apps are up.`);

const config = parseConfig(
  {
    CONNECTIONS_FILE: "connections.json",
    DATA_DIR: directory,
    RESULTS_DIR: ".data/demo-exports",
    DASHBOARD_PORT: values.port,
  },
  () => connectionsFile(emulator.url),
);
const logger = openLogger("silent");
await using base = openBase(connectWorkerRedis(redis.url), config);
await using worker = await startWorkerService(base, config, logger);
await using dashboard = await startDashboard({
  ...config.dashboard,
  ...base,
  publicKeys: () => publishedKeys(base.redis, PREFIX),
  logger,
});
await using producer = await openProducer(redis.url);
print(`The dashboard is at ${dashboard.url}\n`);

print("Stream allows 6 deletion calls a minute; what misses one call waits 12.5 s for the next.\n");
await pushRequests(producer, base.queues);
const states = await showProgress(base, print, { settled: true, stopped: stopped.signal });
print("\nOutcomes\n");
for (const line of outcomes(states)) print(`  ${line}`);
print(
  `\nExports: ${["access-by-id", "access-by-email", "access-too-large"].map((id) => join(config.results.directory, id)).join(", ")}`,
);

if (!values.once && !stopped.signal.aborted) {
  print(
    `\nOpen ${dashboard.url}, queue task-status, tab Failed: retry the job there and see delete-task-fails complete here.`,
  );
  print("Ctrl-C stops the demo.\n");
  await showProgress(base, print, { settled: false, stopped: stopped.signal });
}
void worker;

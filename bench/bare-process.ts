import { writeFile } from "node:fs/promises";
import { Agent } from "node:http";
import { join } from "node:path";
import { Worker, type WorkerOptions } from "bullmq";
import got, { type Got } from "got";
import { DEFAULT_APP } from "../emulator/settings.ts";
import { connectWorkerRedis } from "../src/redis.ts";
import { serverToken } from "../src/stream/token.ts";
import { BARE_QUEUES, type BareJob } from "./bare-queues.ts";
import { answerQuestions } from "./child.ts";

export type BareSetup = {
  redisUrl: string;
  streamUrl: string;
  directory: string;
  options: Pick<WorkerOptions, "concurrency" | "limiter"> & {
    /** How many connections it may open to Stream; unlimited unless said. */
    maxSockets?: number;
  };
};

// What anybody would write first: one call a job, nothing kept, nothing followed.
const deleteUser = (client: Got, userId: string) =>
  client.post("users/delete", {
    json: {
      user_ids: [userId],
      ...{ user: "hard", messages: "hard", conversations: "hard", calls: "hard", files: true },
    },
  });

const exportUser = async (client: Got, userId: string, directory: string) =>
  writeFile(join(directory, `${userId}.json`), (await client(`users/${userId}/export`)).body);

const commands = {
  async start({ redisUrl, streamUrl, directory, options }: BareSetup): Promise<void> {
    const { maxSockets = Infinity, ...workerOptions } = options;
    const client = got.extend({
      prefixUrl: `${streamUrl}/api/v2/`,
      searchParams: { api_key: DEFAULT_APP.apiKey },
      headers: {
        authorization: await serverToken(DEFAULT_APP.apiSecret),
        "stream-auth-type": "jwt",
      },
      agent: { http: new Agent({ keepAlive: true, maxSockets }) },
      retry: { limit: 0 },
    });
    const settings = { connection: connectWorkerRedis(redisUrl), ...workerOptions };
    const work = (name: string, call: (userId: string) => Promise<unknown>) =>
      new Worker<BareJob>(name, async ({ data }) => void (await call(data.userId)), settings);
    work(BARE_QUEUES.delete, (userId) => deleteUser(client, userId));
    work(BARE_QUEUES.access, (userId) => exportUser(client, userId, directory));
  },
};

export type BareCommands = typeof commands;

answerQuestions(commands);

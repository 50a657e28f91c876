import { randomInt, randomUUID } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";

/** A free port below those that systems hand out by themselves, so that it is still free after a restart. */
export const freePort = async (): Promise<number> => {
  const port = randomInt(20_000, 32_000);
  return (await isFree(port)) ? port : await freePort();
};

/**
 * The port noted in a data directory. It never changes, and so is the directory's lock:
 * Redis takes its port before it opens its data, and no two can have the same one.
 */
export const portOf = async (dataDirectory: string): Promise<number> => {
  const file = portFile(dataDirectory);
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${await freePort()}\n`);
  // `link` creates the file whole or not at all, and fails where another process was first.
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await rm(draft);
  return Number(await readFile(file, "utf8"));
};

export const portFile = (dataDirectory: string): string => join(dataDirectory, "redis.port");

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

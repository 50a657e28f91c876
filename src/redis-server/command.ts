import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { unpackDebianRedis, unpackedCommand } from "./debian.ts";

export type RedisCommand = {
  source: "path" | "debian-package";
  file: string;
  arguments: string[];
};

/** Finds a Redis to run: installed, unpacked before, or unpacked now. */
export const findRedisCommand = async (
  cacheDirectory: string,
  log: (message: string) => void,
): Promise<RedisCommand> => {
  for (const file of ["redis-server", "valkey-server"]) {
    if (await runs(file)) return { source: "path", file, arguments: [] };
  }
  // Absolute, since apt takes a relative path to start at "/".
  const root = resolve(cacheDirectory, "redis");
  if (!(await exists(root))) {
    if (!((await runs("apt-get")) && (await runs("dpkg")))) throw new Error(howToInstall);
    log(`No Redis is installed: unpacking the system's package into ${root}, once`);
    await unpackDebianRedis(root).catch((cause: unknown) => {
      throw new Error(howToInstall, { cause });
    });
  }
  return await unpackedCommand(root);
};

const howToInstall =
  "No Redis was found and none could be fetched. Set REDIS_URL or install one: " +
  "Debian and Ubuntu `sudo apt-get install redis-server`, Fedora `sudo dnf install valkey`, " +
  "Alpine `apk add redis`, macOS `brew install redis`, Windows in WSL, or anywhere " +
  "`docker run -d -p 127.0.0.1:6379:6379 redis --maxmemory-policy noeviction` " +
  "with REDIS_URL=redis://127.0.0.1:6379.";

const runs = (file: string): Promise<boolean> =>
  promisify(execFile)(file, ["--version"]).then(
    () => true,
    () => false,
  );

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

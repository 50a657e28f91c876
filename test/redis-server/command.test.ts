import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { unpackedCommand } from "../../src/redis-server/debian.ts";
import { cacheDirectory, test as withRedis } from "../helpers/redis.ts";
import { debianPrograms, findProgram, launchElsewhere, linkPrograms } from "./child.ts";

const test = withRedis
  .extend("path", async ({ temporaryDirectory }) => {
    const path = join(temporaryDirectory, "path");
    await mkdir(path);
    return path;
  })
  .extend("cache", ({ temporaryDirectory }) => join(temporaryDirectory, "my [cache]"));

const onDebian = (await findProgram("apt-get")) !== undefined;
const onPath = (await findProgram("redis-server")) ?? (await findProgram("valkey-server"));

describe("a Redis on PATH", () => {
  for (const name of ["redis-server", "valkey-server"]) {
    test.runIf(onDebian)(`is used when its name is ${name}`, async ({ path, cache }) => {
      await linkPrograms(path, ["sh", "env"]);
      const { file, arguments: settings } = await unpackedCommand(join(cacheDirectory, "redis"));
      const command = [file, ...settings].map((word) => `'${word}'`).join(" ");
      await writeFile(join(path, name), `#!/bin/sh\nexec ${command} "$@"\n`);
      await chmod(join(path, name), 0o755);
      const answer = await launchElsewhere({ cacheDirectory: cache }, { PATH: path });
      expect(answer).toEqual({ source: "path", log: [] });
    });
  }
});

describe.runIf(onDebian)("the system's package", () => {
  test("is unpacked once and used again without apt", async ({ path, cache }) => {
    await linkPrograms(path, debianPrograms);
    const first = await launchElsewhere({ cacheDirectory: cache }, { PATH: path });
    const log = [`No Redis is installed: unpacking the system's package into ${cache}/redis, once`];
    expect(first).toEqual({ source: "debian-package", log });
    const bare = join(cache, "bare-path");
    await mkdir(bare);
    await linkPrograms(bare, ["sh", "env"]);
    const second = await launchElsewhere({ cacheDirectory: cache }, { PATH: bare });
    expect(second).toEqual({ source: "debian-package", log: [] });
  });

  test.skipIf(onPath !== undefined)(
    "is fetched with lists of its own where the system has none",
    async ({ temporaryDirectory, cache }) => {
      const settings = join(temporaryDirectory, "apt.conf");
      await writeFile(settings, `Dir::State::lists "${temporaryDirectory}";\n`);
      const env = { ...process.env, APT_CONFIG: settings };
      const { source } = await launchElsewhere({ cacheDirectory: cache }, env);
      expect(source).toBe("debian-package");
      expect(await readdir(cache)).toEqual(["redis"]);
    },
  );

  test("survives several processes unpacking it at once", async ({ path, cache }) => {
    await linkPrograms(path, debianPrograms);
    const starts = [1, 2, 3].map(() => launchElsewhere({ cacheDirectory: cache }, { PATH: path }));
    const answers = await Promise.all(starts);
    expect(answers.map(({ source }) => source)).toEqual(Array(3).fill("debian-package"));
    expect(await readdir(cache)).toEqual(["redis"]);
  });
});

describe("no Redis at all", () => {
  test("is answered with the way to install one", async ({ path, cache }) => {
    await expect(launchElsewhere({ cacheDirectory: cache }, { PATH: path })).rejects.toThrow(
      "No Redis was found and none could be fetched. Set REDIS_URL or install one: Debian and Ubuntu `sudo apt-get install redis-server`",
    );
  });
});

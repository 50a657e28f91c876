import { execFile } from "node:child_process";
import { glob, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Unpacks redis-server and the libraries this system lacks into `root`, without being root. */
export const unpackDebianRedis = async (root: string): Promise<void> => {
  await mkdir(dirname(root), { recursive: true });
  const workshop = await mkdtemp(`${root}-unpacking-`);
  try {
    await download(workshop);
    for await (const archive of glob("archives/*.deb", { cwd: workshop })) {
      await run("dpkg", ["-x", join(workshop, archive), join(workshop, "root")]);
    }
    await publish(join(workshop, "root"), root);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
};

/** Runs the unpacked server with the unpacked libraries; `env` becomes Redis, so the pid is Redis's. */
export const unpackedCommand = async (root: string) => {
  const folders: string[] = [];
  for await (const folder of glob("{usr/,}lib/*-linux-*", { cwd: root })) {
    folders.push(join(root, folder));
  }
  // Ubuntu 22.04's Redis loads cjson, which BullMQ needs, from a Lua module outside the server.
  const luaModules = folders.map((folder) => `${folder}/lua/5.1/?.so`);
  return {
    source: "debian-package" as const,
    file: "env",
    arguments: [
      `LD_LIBRARY_PATH=${folders.join(":")}`,
      `LUA_CPATH=${luaModules.join(";")};;`,
      join(root, "usr/bin/redis-server"),
    ],
  };
};

const download = async (workshop: string): Promise<void> => {
  const lists = join(workshop, "lists");
  const archives = join(workshop, "archives");
  await mkdir(join(archives, "partial"), { recursive: true });
  await mkdir(join(lists, "partial"), { recursive: true });
  // The locks belong to root, and nothing they guard is touched: all that is written lies in `workshop`.
  const own = settings(
    "Debug::NoLocking=1",
    `Dir::Cache=${workshop}`,
    `Dir::Cache::archives=${archives}`,
  );
  const ownLists = [...own, ...settings(`Dir::State::lists=${lists}`)];
  await install(own).catch(async () => {
    const update = run("apt-get", ["update", "--quiet=2", ...ownLists]);
    // One broken foreign source fails the update, though the lists that matter may have arrived.
    await update.catch(() => undefined);
    await install(ownLists).catch(async (error: unknown) => {
      await update;
      throw error;
    });
  });
};

/** `install` rather than `download`: it works out which libraries are missing on this very system. */
const install = (options: string[]) =>
  run("apt-get", [
    ...["install", "--download-only", "--yes", "--quiet=2", "--no-install-recommends"],
    ...options,
    "redis-server",
  ]);

const settings = (...values: string[]): string[] => values.flatMap((value) => ["-o", value]);

/** Another process may have been first: its unpacked folder is as good as ours. */
const publish = async (unpacked: string, root: string): Promise<void> => {
  await rename(unpacked, root).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  });
};

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const launcher = new URL("../../src/redis-server/launch.ts", import.meta.url);

type Launch = { cacheDirectory: string; dataDirectory?: string };

/** Launches Redis in another process with the given environment; tells what it got and what it logged. */
export const launchElsewhere = async (options: Launch, env: NodeJS.ProcessEnv) => {
  const script = `
    const log = [];
    const server = await provideRedis({ ...${JSON.stringify(options)}, log: (line) => log.push(line) });
    await server[Symbol.asyncDispose]();
    console.log(JSON.stringify({ source: server.source, log }));`;
  const { stdout } = await promisify(execFile)(process.execPath, moduleArguments(script), { env });
  return JSON.parse(stdout);
};

/** Launches Redis in another process that stays until it is killed. */
export const launchAndStay = async (options: Launch) => {
  const script = `
    const server = await provideRedis(${JSON.stringify(options)});
    console.log(server.url);`;
  const child = spawn(process.execPath, moduleArguments(script), {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [url] = await once(child.stdout, "data");
  return { url: String(url).trim(), kill: () => child.kill("SIGKILL") };
};

const moduleArguments = (script: string) => [
  "--input-type=module",
  "--eval",
  `import { provideRedis } from ${JSON.stringify(launcher.href)};${script}`,
];

/** Fills a folder to serve as PATH with links to the named programs of this system. */
export const linkPrograms = async (folder: string, names: string[]): Promise<void> => {
  for (const name of names) {
    const target = await findProgram(name);
    if (target === undefined) throw new Error(`This test needs ${name} on PATH`);
    await symlink(target, join(folder, name));
  }
};

/** Debian's tools, and what `dpkg -x` starts. */
export const debianPrograms = ["apt-get", "dpkg", "dpkg-deb", "tar", "rm", "sh", "env"];

export const findProgram = async (name: string): Promise<string | undefined> => {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, name);
    const found = await access(path).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
};

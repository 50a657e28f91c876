import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { RedisCommand } from "./command.ts";

export type RedisProcess = { stop(signal: NodeJS.Signals): Promise<void> };

/** Thrown when Redis ends before it is ready; `portTaken` tells the one cause that is worth another try. */
export class RedisStartError extends Error {
  readonly portTaken: boolean;

  constructor(output: string) {
    super(`Redis did not start:\n${output.trim()}`);
    this.portTaken = output.includes("Address already in use");
  }
}

export type RedisSettings = {
  command: RedisCommand;
  directory: string;
  port: number;
  persistent: boolean;
};

/** Starts Redis in `directory` and resolves when it accepts connections. */
export const startRedisProcess = async (options: RedisSettings): Promise<RedisProcess> => {
  const { command, directory, port, persistent } = options;
  const settings = [
    ...["--port", String(port), "--bind", "127.0.0.1", "--protected-mode", "yes"],
    ...["--dir", directory, "--save", "", "--maxmemory-policy", "noeviction"],
    ...["--appendonly", persistent ? "yes" : "no", "--appendfsync", "everysec"],
  ];
  // A process group of its own: Ctrl-C must reach us alone, so that we can finish our work with Redis up.
  const child = spawn(command.file, [...command.arguments, ...settings], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  endWithParent(child, persistent ? [] : [directory]);
  await ready(child);
  return { stop: (signal) => stop(child, signal) };
};

const ready = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    const output = { tail: "" };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        output.tail = (output.tail + chunk).slice(-4_000);
        if (output.tail.includes("Ready to accept connections")) resolve();
      });
    }
    child.once("error", reject);
    child.once("close", () => reject(new RedisStartError(output.tail)));
  });

/** The pipe to this watchman closes however we end, even by SIGKILL; then it ends Redis. */
const endWithParent = (child: ChildProcess, directories: string[]): void => {
  if (child.pid === undefined) return;
  const script = 'read -r _; pid=$1; shift; kill "$pid"; [ $# -eq 0 ] || { sleep 1; rm -rf "$@"; }';
  const watchman = spawn("sh", ["-c", script, "sh", String(child.pid), ...directories], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  watchman.on("error", () => undefined);
  child.once("exit", () => watchman.kill("SIGKILL"));
};

const stop = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  const deadline = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await exited;
  clearTimeout(deadline);
};

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** Runs `node src/main.ts …` with just the given variables. `output` grows as the process writes. */
export const runMain = (args: readonly string[], env: Record<string, string>) => {
  const child = spawn(process.execPath, ["src/main.ts", ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const exit = once(child, "close").then(([code, signal]) => ({ code, signal, output }));
  return {
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** Resolves when the process has ended, with its code, signal and all output. */
    exit,
    output: () => output,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exit;
    },
  };
};

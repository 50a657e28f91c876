import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import packageJson from "../package.json" with { type: "json" };

/** What a process of a measurement can be asked. Arguments and answers travel as JSON. */
type Commands = Record<string, (argument: never) => unknown>;

export type Child<Offered extends Commands> = AsyncDisposable & {
  pid: number;
  ask<Name extends keyof Offered & string>(
    name: Name,
    argument: Parameters<Offered[Name]>[0],
  ): Promise<Awaited<ReturnType<Offered[Name]>>>;
};

type Question = { id: number; name: string; argument: unknown };
type Reply = { id: number; value?: unknown; error?: string };

// What measures runs as what serves does.
const nodeOptions = packageJson.scripts.dsr.split(" ").filter((word) => word.startsWith("--"));

/** Starts a file of this folder in a process of its own. Disposing kills it: nothing in it is worth saving. */
export const startChild = <Offered extends Commands>(file: string): Child<Offered> => {
  const path = join(import.meta.dirname, file);
  const child = fork(path, { serialization: "advanced", execArgv: nodeOptions });
  const open = new Map<number, PromiseWithResolvers<unknown>>();
  child.on("message", (reply: Reply) => {
    const asked = open.get(reply.id);
    open.delete(reply.id);
    if (reply.error === undefined) asked?.resolve(reply.value);
    else asked?.reject(new Error(`${file}: ${reply.error}`));
  });
  child.once("exit", () => {
    for (const asked of open.values()) asked.reject(new Error(`${file} ended`));
  });
  let lastId = 0;
  return {
    pid: child.pid ?? 0,
    ask(name, argument) {
      const asked = Promise.withResolvers<unknown>();
      const question: Question = { id: ++lastId, name, argument };
      open.set(question.id, asked);
      child.send(question);
      // The process on the other side was written with this very type.
      return asked.promise as ReturnType<Child<Offered>["ask"]>;
    },
    [Symbol.asyncDispose]: () => kill(child),
  };
};

const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
};

/** The other side of `startChild`: answers questions, and ends with the process that asks. */
export const answerQuestions = <Offered extends Commands>(commands: Offered): void => {
  process.once("disconnect", () => process.exit());
  process.on("message", async ({ id, name, argument }: Question) => {
    const reply = (answer: Omit<Reply, "id">) => process.send?.({ id, ...answer });
    try {
      reply({ value: await commands[name]?.(argument as never) });
    } catch (error) {
      reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
};

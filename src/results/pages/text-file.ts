import { open } from "node:fs/promises";
import type { Html } from "../../html.ts";

/** A new file, readable by its owner only, that takes markup piece by piece. */
export type TextFile = AsyncDisposable & {
  write(markup: Html): Promise<void>;
  /** Hands to the system what is written; `read` finds it from then on. */
  flush(): Promise<void>;
  /** Flushes, and waits until the disk has it. */
  sync(): Promise<void>;
  read(position: number, length: number): Promise<Html>;
};

const BUFFERED_CHARACTERS = 65_536;

/** Opens a file that must not exist yet. */
export const openTextFile = async (path: string): Promise<TextFile> => {
  const file = await open(path, "wx+", 0o600);
  let pending: string[] = [];
  let characters = 0;
  const flush = async () => {
    const text = pending.join("");
    pending = [];
    characters = 0;
    await file.appendFile(text);
  };
  return {
    flush,
    async write({ markup }) {
      pending.push(markup);
      characters += markup.length;
      if (characters > BUFFERED_CHARACTERS) await flush();
    },
    async sync() {
      await flush();
      await file.sync();
    },
    async read(position, length) {
      const { buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
      return { markup: buffer.toString() };
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
};

import { open } from "node:fs/promises";
import type { Html } from "../../html.ts";

/** A new file, readable by its owner only, that takes markup piece by piece. */
export type TextFile = AsyncDisposable & {
  /** @returns how many bytes the markup takes. */
  write(markup: Html): Promise<number>;
  /** Hands to the system what is written; `read` finds it from then on. */
  flush(): Promise<void>;
  /** Flushes, and waits until the disk has it. */
  sync(): Promise<void>;
  read(position: number, length: number): Promise<Html>;
};

const BUFFER_BYTES = 65_536;

/** Opens a file that must not exist yet. */
export const openTextFile = async (path: string): Promise<TextFile> => {
  const file = await open(path, "wx+", 0o600);
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  let used = 0;
  const flush = async () => {
    const written = buffer.subarray(0, used);
    used = 0;
    await file.appendFile(written);
  };
  return {
    flush,
    async write({ markup }) {
      const length = Buffer.byteLength(markup);
      if (used + length > BUFFER_BYTES) await flush();
      if (length > BUFFER_BYTES) await file.appendFile(markup);
      else used += buffer.write(markup, used);
      return length;
    },
    async sync() {
      await flush();
      await file.sync();
    },
    async read(position, length) {
      const read = await file.read(Buffer.allocUnsafe(length), 0, length, position);
      return { markup: read.buffer.toString() };
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
};

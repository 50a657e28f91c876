const BLOCK_BYTES = 65_536;

/**
 * Gathers the chunks of a body in one buffer: fewer and larger pieces are less work for parser and disk.
 * @returns blocks of 64 KiB, the last one shorter; each is overwritten when the next one is asked for.
 */
export async function* inBlocks(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let used = 0;
  for await (const chunk of body) {
    for (let taken = 0; taken < chunk.length; ) {
      const copied = chunk.copy(block, used, taken);
      taken += copied;
      used += copied;
      if (used < BLOCK_BYTES) continue;
      yield block;
      used = 0;
    }
  }
  if (used > 0) yield block.subarray(0, used);
}

import fc from "fast-check";
import { expect, test } from "vitest";
import { inBlocks } from "../../src/results/blocks.ts";

const BLOCK = 65_536;

async function* bodyOf(bytes: Buffer, sizes: readonly number[]) {
  let from = 0;
  for (const size of sizes) {
    yield bytes.subarray(from, from + size);
    from += size;
  }
}

test("blocks hold every byte in its order, and all but the last are full", async () => {
  const size = fc.oneof(fc.nat(200), fc.integer({ min: BLOCK - 2, max: 3 * BLOCK }));
  await fc.assert(
    fc.asyncProperty(fc.array(size, { maxLength: 8 }), async (sizes) => {
      const total = sizes.reduce((sum, some) => sum + some, 0);
      const bytes = Buffer.from(Array.from({ length: total }, (_, index) => index % 251));
      const blocks: Buffer[] = [];
      for await (const block of inBlocks(bodyOf(bytes, sizes))) blocks.push(Buffer.from(block));
      expect(Buffer.concat(blocks).equals(bytes)).toBe(true);
      expect(blocks).toHaveLength(Math.ceil(total / BLOCK));
      expect(blocks.slice(0, -1).every(({ length }) => length === BLOCK)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

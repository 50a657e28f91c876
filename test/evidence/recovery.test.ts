import { rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, expect } from "vitest";
import { verifyReceipts } from "../../src/evidence/verify.ts";
import { facts, manyFacts, receiptsIn, test } from "./fixture.ts";

describe("a crash between head and file", () => {
  test("loses no link: what Redis kept is written later, by anyone, any number of times", async ({
    worker,
    receipts,
  }) => {
    const [crashing, healthy] = await Promise.all([worker(), worker()]);
    await crashing.issue([facts("r-1")]);
    const makeWritable = await obstruct(receipts);
    await expect(crashing.issue([facts("r-2"), facts("r-3")])).rejects.toThrow(
      "2 receipts cannot be written; Redis keeps them until they can be",
    );
    await expect(crashing.flush()).rejects.toThrow("cannot be written");
    await makeWritable();

    await healthy.issue([facts("r-4")]);
    expect(await verifyReceipts(receipts)).toMatchObject({
      broken: [{ file: "000000000002 to 000000000003" }],
    });
    const flushed = await Promise.all([healthy.flush(), crashing.flush()]);
    expect(Math.max(...flushed)).toBe(2);
    expect(await healthy.flush()).toBe(0);
    expect(await verifyReceipts(receipts)).toMatchObject({ checked: 4, broken: [] });
  });

  test("is mended by the job that runs again", async ({ worker, receipts }) => {
    const evidence = await worker();
    await evidence.issue([facts("r-1")]);
    const makeWritable = await obstruct(receipts);
    await expect(evidence.issue([facts("r-2")])).rejects.toThrow("cannot be written");
    await makeWritable();
    expect(await evidence.issue([facts("r-2")])).toEqual([join(receipts, "000000000002-r-2.jws")]);
    expect(await evidence.flush()).toBe(0);
    expect(await verifyReceipts(receipts)).toMatchObject({ checked: 2, broken: [] });
  });

  test("keeps nothing in Redis when all is written", async ({ worker, client }) => {
    await (await worker()).issue(manyFacts(150));
    expect(await client.exists("{test}:receipts:unwritten", "{test}:receipts:turn")).toBe(0);
  });

  test("makes others wait for a dead worker's turn, not for ever", async ({
    worker,
    client,
    receipts,
  }) => {
    await client.set("{test}:receipts:turn", "dead", "PX", 50);
    await (await worker()).issue([facts("r-1")]);
    expect(await receiptsIn(receipts)).toHaveLength(1);
  });
});

describe("the chain after a loss of Redis", () => {
  test("goes on from the files when Redis was emptied under a running worker", async ({
    worker,
    client,
    receipts,
  }) => {
    const evidence = await worker();
    await evidence.issue(manyFacts(3));
    await client.flushall();
    await evidence.issue([facts("r-4")]);
    expect(await verifyReceipts(receipts)).toMatchObject({ checked: 4, broken: [] });
    expect((await evidence.jwks()).keys).toHaveLength(1);
  });

  test("goes on from the files when Redis came back without its last links", async ({
    worker,
    client,
    receipts,
  }) => {
    const before = await worker();
    await before.issue(manyFacts(2));
    const head = await client.hgetall("{test}:receipts:head");
    await before.issue(manyFacts(2, "later"));
    await client.hset("{test}:receipts:head", head);
    await client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await before.issue([facts("r-5")]);
    await (await worker()).issue([facts("r-6")]);
    expect(await verifyReceipts(receipts)).toMatchObject({ checked: 6, broken: [] });
  });

  test("is not led astray by a file that nobody of the fleet signed", async ({
    worker,
    receipts,
  }) => {
    await (await worker()).issue([facts("r-1")]);
    await writeFile(join(receipts, "000000000900-x.jws"), "e30.e30.AAAA");
    expect(await (await worker()).issue([facts("r-2")])).toEqual([
      join(receipts, "000000000002-r-2.jws"),
    ]);
  });
});

// A file where the folder is expected refuses every writer, root too.
const obstruct = async (folder: string): Promise<() => Promise<void>> => {
  const aside = join(folder, "..", `${basename(folder)}-aside`);
  await rename(folder, aside);
  await writeFile(folder, "");
  return async () => {
    await rm(folder);
    await rename(aside, folder);
  };
};

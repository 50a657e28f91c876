import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { hashOf } from "../../src/evidence/receipt-name.ts";
import { verifyReceipts } from "../../src/evidence/verify.ts";
import { facts, manyFacts, newKey, payloadOf, receiptsIn, test } from "./fixture.ts";

describe("issuing", () => {
  test("writes a signed file for each request, each naming the one before", async ({
    worker,
    receipts,
  }) => {
    const key = await newKey();
    const evidence = await worker(key);
    const paths = await evidence.issue([facts("r-1"), facts("r-2")]);
    expect(paths).toEqual([
      join(receipts, "000000000001-r-1.jws"),
      join(receipts, "000000000002-r-2.jws"),
    ]);
    expect(await payloadOf(join(receipts, "000000000002-r-2.jws"))).toEqual({
      ...facts("r-2"),
      issuedAt: "2026-11-24T12:00:00.000Z",
      version: "0.1.0",
      sequence: 2,
      previous: hashOf(await readFile(join(receipts, "000000000001-r-1.jws"), "utf8")),
    });
    expect((await stat(join(receipts, "000000000001-r-1.jws"))).mode & 0o777).toBe(0o600);
    expect(await verifyReceipts(receipts)).toEqual({
      checked: 2,
      broken: [],
      range: { first: 1, last: 2 },
      kids: [key.publicKey.kid],
      chain: true,
    });
  });

  test("makes one chain of what many workers issue at the same time", async ({
    worker,
    receipts,
  }) => {
    const workers = await Promise.all([worker(), worker()]);
    const issued = await Promise.all(
      manyFacts(200).map((each, n) => workers[n % 2]?.issue([each])),
    );
    expect(new Set(issued.flat()).size).toBe(200);
    expect(await verifyReceipts(receipts)).toMatchObject({
      checked: 200,
      broken: [],
      range: { first: 1, last: 200 },
      kids: { length: 2 },
    });
  });

  test("does not fork the chain when workers sign at the same time all the same", async ({
    worker,
    client,
    receipts,
  }) => {
    const workers = await Promise.all([worker(), worker(), worker(), worker()]);
    const issuing = Promise.all(
      workers.flatMap((evidence, n) =>
        manyFacts(15, `w${n}`).map(async (each) => evidence.issue([each])),
      ),
    );
    let done = false;
    const stealing = (async () => {
      while (!done) await client.del("{test}:receipts:turn");
    })();
    await issuing;
    done = true;
    await stealing;
    expect(await verifyReceipts(receipts)).toMatchObject({ checked: 60, broken: [] });
  });

  test("gives the same end of a request one receipt, however often it is issued", async ({
    worker,
    receipts,
  }) => {
    const [one, other] = await Promise.all([worker(), worker()]);
    const [first] = await one.issue([facts("r-1")]);
    expect(await other.issue([facts("r-2"), facts("r-1"), facts("r-2")])).toEqual([
      join(receipts, "000000000002-r-2.jws"),
      first,
      join(receipts, "000000000002-r-2.jws"),
    ]);
    const simultaneous = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 ? one : other).issue([facts("r-3")])),
    );
    expect(new Set(simultaneous.flat()).size).toBe(1);
    expect(await receiptsIn(receipts)).toHaveLength(3);
  });

  test("gives a request that was retried and ended again a second receipt", async ({
    worker,
    receipts,
  }) => {
    const evidence = await worker();
    await evidence.issue([facts("r-1")]);
    await evidence.issue([facts("r-1", "2026-11-25T08:00:00.000Z")]);
    expect(await receiptsIn(receipts)).toEqual(["000000000001-r-1.jws", "000000000002-r-1.jws"]);
  });

  test("issues nothing when one of the facts may not go into a receipt", async ({
    worker,
    client,
  }) => {
    const evidence = await worker();
    const personal = { ...facts("r-2"), subjectHmac: "ann@example.com" };
    await expect(evidence.issue([facts("r-1"), personal])).rejects.toThrow("subjectHmac");
    expect(await client.keys("*")).toEqual([]);
  });
});

describe("public keys", () => {
  test("of all workers are served and lie beside the receipts", async ({ worker, receipts }) => {
    const keys = await Promise.all([newKey(), newKey(), newKey()]);
    const workers = await Promise.all(keys.map(worker));
    await Promise.all(workers.map((evidence, n) => evidence.issue([facts(`r-${n}`)])));
    const served = (await workers[0]?.jwks())?.keys ?? [];
    expect(served.map(({ kid }) => kid).sort()).toEqual(
      keys.map(({ publicKey }) => publicKey.kid).sort(),
    );
    expect(served.flatMap(Object.keys)).not.toContain("d");
    const file = JSON.parse(await readFile(join(receipts, "jwks.json"), "utf8"));
    expect(new Set(file.keys)).toEqual(new Set(served));
  });

  test("outlive their worker, and Redis", async ({ worker, client, receipts }) => {
    const [one, other] = await Promise.all([worker(), worker()]);
    await one.issue([facts("r-1")]);
    await client.flushall();
    await other.issue([facts("r-2")]);
    expect((await other.jwks()).keys).toHaveLength(2);
    expect(await verifyReceipts(receipts)).toMatchObject({ checked: 2, broken: [] });
  });
});

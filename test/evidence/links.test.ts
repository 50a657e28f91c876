import { copyFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { verifyReceipts } from "../../src/evidence/verify.ts";
import { FIRST, resign, SECOND, THIRD, test } from "./tampering.ts";

const brokenIn = async (folder: string) => (await verifyReceipts(folder)).broken;

describe("a folder of receipts", () => {
  test("is sound when nobody touched it", async ({ folder }) => {
    expect(await brokenIn(folder)).toEqual([]);
  });

  test("shows what was deleted in the middle", async ({ folder }) => {
    await rm(join(folder, SECOND));
    expect(await brokenIn(folder)).toEqual([
      { file: "000000000002", why: "was deleted: the receipts go from 1 to 3" },
    ]);
    await rm(join(folder, THIRD));
    expect(await brokenIn(folder)).toEqual([
      { file: "000000000002 to 000000000003", why: "was deleted: the receipts go from 1 to 4" },
    ]);
  });

  test("names both of two files that were swapped, and no other", async ({ folder }) => {
    await rename(join(folder, SECOND), join(folder, "x"));
    await rename(join(folder, THIRD), join(folder, SECOND));
    await rename(join(folder, "x"), join(folder, THIRD));
    expect(await brokenIn(folder)).toEqual([
      { file: SECOND, why: "was swapped or renamed: it holds receipt 3, of request r-3" },
      { file: THIRD, why: "was swapped or renamed: it holds receipt 2, of request r-2" },
    ]);
  });

  test("shows a copy of a receipt in another's place", async ({ folder }) => {
    await copyFile(join(folder, FIRST), join(folder, THIRD));
    expect(await brokenIn(folder)).toEqual([
      { file: THIRD, why: "was swapped or renamed: it holds receipt 1, of request r-1" },
    ]);
  });

  test("shows a receipt that was signed again by a known key", async ({ folder, key }) => {
    await resign(join(folder, THIRD), key, { outcome: "no_match" });
    expect(await brokenIn(folder)).toEqual([
      { file: THIRD, why: "was replaced: receipt 000000000004-r-4.jws follows another one" },
    ]);
  });

  test("shows a second receipt with the same sequence", async ({ folder, key }) => {
    const rival = join(folder, "000000000003-r-9.jws");
    await copyFile(join(folder, THIRD), rival);
    await resign(rival, key, { requestId: "r-9" });
    expect((await brokenIn(folder)).map(({ file }) => file)).toEqual(["000000000003-r-9.jws"]);
  });

  test("can be verified from where its archive ends", async ({ folder }) => {
    await rm(join(folder, FIRST));
    await rm(join(folder, SECOND));
    expect(await verifyReceipts(folder)).toMatchObject({
      checked: 3,
      broken: [],
      range: { first: 3, last: 5 },
    });
  });
});

import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { verify } from "../../src/commands/verify.ts";
import { edit, FIRST, LAST, SECOND, THIRD, test } from "./tampering.ts";

describe("the command", () => {
  const run = async (path: string) => {
    const lines: string[] = [];
    return { ok: await verify(path, (line) => lines.push(line)), lines };
  };

  test("says what was verified, and since when", async ({ folder, key }) => {
    const { kid } = key.publicKey;
    expect(await run(folder)).toEqual({
      ok: true,
      lines: [`ok      5 receipts checked, all sound; sequence 1 to 5; signed by ${kid}`],
    });
    await rm(join(folder, FIRST));
    expect((await run(folder)).lines.at(-1)).toContain(
      "sequence 2 to 5; those before 2 are not here",
    );
    expect((await run(join(folder, THIRD))).lines.at(-1)).toContain(
      "its place in the chain shows only in a folder",
    );
  });

  test("names each broken one on a line", async ({ folder }) => {
    await rm(join(folder, SECOND));
    await edit(join(folder, LAST), (jws) => jws.slice(0, -2));
    const { ok, lines } = await run(folder);
    expect(ok).toBe(false);
    expect(lines).toEqual([
      "broken  000000000002: was deleted: the receipts go from 1 to 3",
      expect.stringContaining(`broken  ${LAST}: was altered`),
      expect.stringContaining("failed  4 receipts checked, 2 broken"),
    ]);
  });

  test("does not call an empty folder sound", async ({ temporaryDirectory }) => {
    const empty = join(temporaryDirectory, "empty");
    await mkdir(empty);
    expect(await run(empty)).toEqual({
      ok: false,
      lines: [`failed  there are no receipts in ${empty}`],
    });
  });
});

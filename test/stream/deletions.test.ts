import { expect, test } from "vitest";
import { startEmulator } from "../../emulator/emulator.ts";
import { DEFAULT_APP } from "../../emulator/settings.ts";
import { UserId } from "../../src/identifiers.ts";
import { DeletionOptions, openClient } from "../../src/stream/client.ts";
import { openDeletions } from "../../src/stream/deletions.ts";
import { openHttp } from "../../src/stream/http.ts";
import { UNLIMITED } from "../../src/stream/limiter.ts";
import { openSlots } from "../../src/stream/slots.ts";

test("a batch that one user spoils is halved until that user stands alone, a slot for each call", async () => {
  await using stream = await startEmulator({ apps: [{ ...DEFAULT_APP, limits: false }] });
  const app = stream.app();
  const users = app.seedMany(8).map((id) => UserId.parse(id));
  app.failDeletionOf("user-0000003", { kind: "refused", status: 400 });
  let reserved = 0;
  const reserve = async () => {
    reserved += 1;
    return 0;
  };
  const { apiKey, apiSecret } = DEFAULT_APP;
  const http = await openHttp({ apiKey, apiSecret, baseUrl: stream.url }, UNLIMITED);
  const slots = openSlots({ ...UNLIMITED, reserve }, undefined);
  const look = async (some: readonly UserId[]) => some.map(() => ({ visible: true, devices: 0 }));
  const deletions = openDeletions(openClient(http), slots, DeletionOptions.parse({}), look);

  await Promise.all(users.map(deletions.board));
  const ends = await Promise.allSettled(users.map((user) => deletions.submit(user, true)));

  const refused = ends.flatMap((end, n) =>
    end.status === "rejected" ? [[n, end.reason.code]] : [],
  );
  expect(refused).toEqual([[3, "invalid_input"]]);
  const calls = app.callsTo("DeleteUsers");
  expect(calls.map(({ userIds }) => userIds?.length)).toEqual([8, 4, 2, 2, 1, 1, 4]);
  expect(reserved).toBe(calls.length);
});

import type { ConnectionConfig } from "../config/connection-config.ts";
import type { TaskId, UserId } from "../identifiers.ts";
import type { DeletePayload } from "../queues/payloads.ts";
import type { StreamApp } from "../stream/app.ts";
import type { DataSet } from "../stream/data-sets.ts";
import { StreamError } from "../stream/errors.ts";
import { type CallName, MEDIA } from "../stream/products-client.ts";
import { abandonedIn, groupCallsIn } from "../stream/rooms.ts";
import { orIfGone } from "./absent.ts";
import type { Beginning, StepWork } from "./steps.ts";

type Config = Pick<ConnectionConfig, "products" | "alsoDelete">;

/**
 * What is deleted of each user before DeleteUsers, which leaves it: who is deleted can be found in nothing any more.
 * Devices are on demand: DeleteUsers' own look-up tells who has any, so that the others cost no call.
 */
export const worksBeforeDeletion = (
  { products, alsoDelete }: Config,
  stream: StreamApp,
): StepWork[] => {
  const { devices, groupCalls, recordings, abandonedConversations } = alsoDelete;
  const has = (product: Config["products"][number]) => products.includes(product);
  const works: (StepWork | false)[] = [
    has("feeds") && { name: "feeds", begin: (user) => deleteFeeds(stream, user) },
    // Recordings go with their call.
    has("video") && groupCalls
      ? { name: "group_calls", begin: (user) => deleteCalls(stream, user) }
      : has("video") &&
        recordings && { name: "recordings", begin: (user) => deleteRecordings(stream, user) },
    has("chat") &&
      abandonedConversations && {
        name: "abandoned_conversations",
        begin: (user) => deleteAbandoned(stream, user),
      },
    devices && { name: "devices", onDemand: true, begin: (user) => deleteDevices(stream, user) },
  ];
  return works.filter((work) => work !== false);
};

/** Whether a deletion needs calls of its own, of which Stream takes few. */
export const deletesOneByOne = (
  { dryRun }: Pick<DeletePayload, "dryRun">,
  config: Config & Pick<ConnectionConfig, "inventory">,
): boolean => {
  const { groupCalls, recordings, abandonedConversations } = config.alsoDelete;
  const [chat, video] = (["chat", "video"] as const).map((name) => config.products.includes(name));
  return Boolean(
    dryRun ||
      config.inventory === "always" ||
      config.products.includes("feeds") ||
      (video && (groupCalls || recordings)) ||
      (chat && abandonedConversations),
  );
};

const deleteFeeds = async (stream: StreamApp, user: UserId): Promise<Beginning> => ({
  tasks: [await stream.deleteFeeds(user)],
  count: 1,
});

const deleteCalls = async (stream: StreamApp, user: UserId): Promise<Beginning> =>
  each(await groupCallsOf(stream, user), async (call) => [await stream.deleteCall(call)]);

const deleteRecordings = async (stream: StreamApp, user: UserId): Promise<Beginning> => {
  let count = 0;
  for (const call of await groupCallsOf(stream, user)) {
    for (const kind of MEDIA) {
      const files = await orIfGone(stream.listMedia(kind, call), []);
      for (const file of files) await orIfGone(stream.deleteMedia(kind, call, file), undefined);
      count += files.length;
    }
  }
  return { tasks: [], count };
};

/** DeleteChannels takes up to 100 channels a call. */
const MOST_CHANNELS = 100;

const deleteAbandoned = async (stream: StreamApp, user: UserId): Promise<Beginning> => {
  const cids = abandonedIn(await itemsOf(stream, "memberships", user));
  const chunks = Array.from({ length: Math.ceil(cids.length / MOST_CHANNELS) }, (_, n) =>
    cids.slice(n * MOST_CHANNELS, (n + 1) * MOST_CHANNELS),
  );
  const begun = await each(chunks, async (chunk) => [await stream.deleteChannels(chunk)]);
  return { ...begun, count: cids.length };
};

const deleteDevices = async (stream: StreamApp, user: UserId): Promise<Beginning> =>
  each(await stream.listDevices(user), async (device) => {
    await stream.deleteDevice(user, device);
    return [];
  });

/** Begins one thing after another. What has begun before one that cannot is not forgotten. */
const each = async <Thing>(
  things: readonly Thing[],
  begin: (thing: Thing) => Promise<TaskId[]>,
): Promise<Beginning> => {
  const beginning: Beginning = { tasks: [], count: 0 };
  for (const thing of things) {
    try {
      beginning.tasks.push(...(await orIfGone(begin(thing), [])));
      beginning.count += 1;
    } catch (failure) {
      return { ...beginning, failure };
    }
  }
  return beginning;
};

const groupCallsOf = async (stream: StreamApp, user: UserId): Promise<CallName[]> =>
  groupCallsIn(await itemsOf(stream, "calls", user));

const itemsOf = async (stream: StreamApp, set: DataSet, user: UserId): Promise<unknown[]> => {
  const items: unknown[] = [];
  for await (const page of stream.dataSetsOf(user).read(set)) {
    if (page.truncated) throw new StreamError("refused", `There are more ${set} than Stream lists`);
    items.push(...page.items);
  }
  return items;
};

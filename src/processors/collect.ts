import type { ConnectionConfig } from "../config/connection-config.ts";
import type { AccessPayload } from "../queues/payloads.ts";
import type { Step } from "../requests/step.ts";
import type { UserProgress } from "../requests/user-progress.ts";
import type { DataSetExport, UserExport } from "../results/manifest.ts";
import type { ExportPackage } from "../results/store.ts";
import type { StreamApp } from "../stream/app.ts";
import { StreamError } from "../stream/errors.ts";
import { collectDataSets } from "./collect-data-sets.ts";
import { collectFeeds } from "./collect-feeds.ts";
import { exportUser, type OwnExport } from "./collect-user.ts";
import { type Context, connectionOf } from "./context.ts";
import { manifestOf } from "./coverage.ts";
import { exportVerdict } from "./export-verdict.ts";
import type { Verdict } from "./verdict.ts";

/** An access request whose Feeds exports have ended: its users, and the steps that know these tasks. */
export type Collection = {
  payload: AccessPayload;
  users: readonly UserProgress[];
  steps: readonly Step[];
};

/** A package in the making. `users` says what became of each user's own export. */
export type Collected = AsyncDisposable & {
  users: readonly OwnExport[];
  /** Adds what else Stream holds of them, and puts the package in place. */
  finish(): Promise<Verdict>;
};

/**
 * Begins the package of an access request: of each user what ExportUser gives, or the file of an export task.
 * @throws StreamError when Stream cannot be read now.
 */
export const collect = async (
  collection: Collection,
  context: Context,
  signal: AbortSignal | undefined,
): Promise<Collected> => {
  const { payload, users } = collection;
  const { stream, config } = connectionOf(context, payload.connection);
  const draft = await context.results.begin(payload.requestId);
  const own: OwnExport[] = [];
  try {
    for (const [index, user] of users.entries()) {
      own.push(await exportUser(stream, draft, user, nameOf(index), signal));
    }
  } catch (error) {
    await draft[Symbol.asyncDispose]();
    throw error;
  }
  const means = { draft, stream, config, signal };
  return {
    users: own,
    finish: () => finish(collection, own, means, context),
    [Symbol.asyncDispose]: () => draft[Symbol.asyncDispose](),
  };
};

const nameOf = (index: number): string => `user-${index + 1}`;

type Means = {
  draft: ExportPackage;
  stream: StreamApp;
  config: ConnectionConfig;
  signal: AbortSignal | undefined;
};

const finish = async (
  { payload, steps }: Collection,
  own: readonly OwnExport[],
  means: Means,
  context: Context,
): Promise<Verdict> => {
  if (own.every(({ status }) => status === "absent")) {
    return { kind: "completed", outcome: "no_match", users: 0 };
  }
  const exports: UserExport[] = [];
  for (const [index, user] of own.entries()) {
    const whole = await completed(user, nameOf(index), steps, means);
    if (whole === "feeds_lost") return exportFeedsAgain(payload, user, steps, context);
    exports.push(whole);
  }
  const { draft, config } = means;
  const manifest = manifestOf(payload, exports, config.products, context.now());
  const pages = await draft.addPages(manifest);
  return exportVerdict(exports, await draft.commit({ ...manifest, pages }));
};

const completed = async (
  user: OwnExport,
  name: string,
  steps: readonly Step[],
  { draft, stream, config, signal }: Means,
): Promise<UserExport | "feeds_lost"> => {
  if (user.status === "absent") return user;
  const { userId } = user;
  const dataSets: DataSetExport[] = [];
  if (config.products.includes("feeds")) {
    try {
      dataSets.push(await collectFeeds(userId, name, steps, draft, stream, signal));
    } catch (error) {
      if (error instanceof StreamError && error.code === "not_found") return "feeds_lost";
      throw error;
    }
  }
  dataSets.push(...(await collectDataSets(userId, name, draft, stream, config, signal)));
  return { ...user, dataSets };
};

// Stream keeps a task for a while only, and the one of a large user's export may have taken longer.
const exportFeedsAgain = async (
  { requestId }: AccessPayload,
  { userId }: OwnExport,
  steps: readonly Step[],
  { journal, now }: Context,
): Promise<Verdict> => {
  await journal.stepping(
    requestId,
    steps.filter((step) => step.userId !== userId || step.name !== "feeds"),
  );
  return { kind: "later", at: now() };
};

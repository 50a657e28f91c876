import DataLoader from "dataloader";
import type { TaskId, UserId } from "../identifiers.ts";
import type { Sight } from "./boarding.ts";
import { type DeletionOptions, openClient, type StreamClient } from "./client.ts";
import { type Deletions, openDeletions } from "./deletions.ts";
import { download } from "./download.ts";
import { StreamError } from "./errors.ts";
import { type HttpOptions, openHttp } from "./http.ts";
import type { Limiter } from "./limiter.ts";
import { operationIds } from "./operations.ts";
import { openProductsClient, type ProductsClient } from "./products-client.ts";
import { openSlots } from "./slots.ts";

export type StreamAppOptions = HttpOptions & {
  deletion: DeletionOptions;
  /** Whether a user's push devices must be gone before the user is deleted. */
  devicesFirst: boolean;
  /** QueryUsers fields that may hold an e-mail address, for instance `email` and `custom.email`. */
  emailFields: readonly string[];
  /** Who may call when. */
  limiter: Limiter;
  /** Aborted when the process must stop. */
  stopping: AbortSignal | undefined;
};

/** One Stream app as privacy requests need it: look-up, export, deletion, tasks. All functions throw StreamError. */
export type StreamApp = Pick<
  StreamClient,
  "getApp" | "getRateLimits" | "exportUser" | "exportUsers" | "getTask"
> &
  ProductsClient & {
    /** Downloads the file of a completed export task, byte for byte. */
    downloadExport(task: TaskId, signal?: AbortSignal): AsyncIterable<Buffer>;
    /** @returns every user that has the address, as given or in lower case, in one of the e-mail fields. */
    findByEmail(email: string): Promise<UserId[]>;
    /** @returns whether QueryUsers shows the user. One who is soft-deleted is hidden, but not erased. */
    isVisible(user: UserId): Promise<boolean>;
    /** See `Deletions.board`. */
    boardDeletion: Deletions["board"];
    /** See `Deletions.submit`. @returns the task that does it, shared by up to 100 users. */
    submitDeletion: Deletions["submit"];
  };

/** QueryUsers is a GET: its filter travels in the URL, which servers cut off at 8 or 16 kB. */
const LONGEST_QUERY = 4000;

/** How long the first user of a look-up waits for company. */
const WINDOW_MS = 20;

export const openStreamApp = async (options: StreamAppOptions): Promise<StreamApp> => {
  const { limiter } = options;
  const http = await openHttp(options, limiter);
  const client = openClient(http);
  const look = async (users: readonly UserId[]): Promise<Sight[]> => {
    const queries = fittingQueries([...new Set(users)]).map((ids) =>
      client.queryUsers({ id: { $in: ids } }, ids.length),
    );
    const found = new Map((await Promise.all(queries)).flat().map((user) => [user.id, user]));
    return users.map((user) => ({
      visible: found.has(user),
      devices: (options.devicesFirst && found.get(user)?.devices.length) || 0,
    }));
  };
  const sights = new DataLoader<UserId, Sight>(look, {
    cache: false,
    maxBatchSize: 100,
    batchScheduleFn: (dispatch) => setTimeout(dispatch, WINDOW_MS),
  });
  const slots = openSlots(limiter, options.stopping);
  const deletions = openDeletions(client, slots, options.deletion, look);

  return {
    ...client,
    ...openProductsClient(http),
    async getRateLimits() {
      const limits = await client.getRateLimits();
      for (const id of operationIds) {
        const told = limits[id];
        if (told) await limiter.observe(id, { ...told, resetAt: told.reset * 1000 });
      }
      return limits;
    },
    async findByEmail(email) {
      const spellings = [...new Set([email, email.toLowerCase()])];
      const anyField = options.emailFields.map((field) => ({ [field]: { $in: spellings } }));
      return (await client.queryUsers({ $or: anyField })).map(({ id }) => id);
    },
    downloadExport: (task, signal) =>
      download(async () => {
        const answer = await client.getTask(task);
        if (answer.state === "completed" && answer.url) return answer.url;
        throw new StreamError("invalid_answer", "The export task names no file");
      }, signal ?? options.givingUp),
    isVisible: async (user) => (await sights.load(user)).visible,
    boardDeletion: deletions.board,
    submitDeletion: deletions.submit,
  };
};

const fittingQueries = (users: readonly UserId[]): UserId[][] => {
  const queries: UserId[][] = [[]];
  let length = 0;
  for (const user of users) {
    length += encodeURIComponent(user).length + 9;
    if (length > LONGEST_QUERY) {
      queries.push([]);
      length = 0;
    }
    queries.at(-1)?.push(user);
  }
  return queries;
};

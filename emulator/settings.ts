import type { DataSet } from "./data-sets.ts";
import { OPERATIONS, type OperationId } from "./operations.ts";

/** What the emulator does where Stream's own behaviour is configurable, slow or unknown. Mutable while it runs. */
export type AppSettings = {
  name: string;
  apiKey: string;
  apiSecret: string;
  /** Calls per window; `false` switches every limit off. */
  limits: Record<OperationId, number> | false;
  /** Windows begin at multiples of this on the wall clock. `X-RateLimit-Reset` has whole seconds, so use those. */
  windowMs: number;
  /** Also allow no more than a thirtieth of a limit in a sixtieth of its window. */
  perSecondLimit: boolean;
  tasks: TaskSettings;
  /** Added to every answer. */
  latencyMs: number;
  suspended: boolean;
  wrongRegion: boolean;
  /** Operations that are refused with 403 and code 17. */
  denied: readonly OperationId[];
  /** Also compresses answers for clients that ask for it. */
  gzip: boolean;
  /** Keeps `calls`; a long benchmark switches it off. */
  recordCalls: boolean;
  /** Messages or reactions above which ExportUser refuses. */
  exportLimit: number;
  /** Messages per user in an ExportUsers file, as documented; `false` gives all. That the rest is left out silently is a guess. */
  exportFileLimit: number | false;
} & Guesses;

/** One switch for every behaviour of Stream's that no public source tells. */
type Guesses = {
  /** DeleteUsers with an id that never existed. */
  deletionOfUnknown: DeletionAnswer;
  /** DeleteUsers with an id that has been erased already. */
  deletionOfErased: DeletionAnswer;
  /** The text of a per-user error in a task's result. */
  absentUserText: string;
  /** Exports and lists of what belongs to a user that is deleted but, all or in part, still stored. */
  exportOfDeleted: "not_found" | "profile";
  /** Stream has answered a wrong secret with both codes. */
  wrongSecretCode: 43 | 5;
  /** GetTask before the end: `result` and `error` are absent, or null. */
  taskFields: "omitted" | "null";
  /** Refuses `user: "hard"` unless messages and conversations are `hard` too, as the description demands. */
  strictHardDeletion: boolean;
  acceptBearer: boolean;
  /** How far in the future `iat` may lie. */
  issuedAtToleranceMs: number;
  /** What QueryUsers' top-level `email` matches. */
  emailFilter: "custom_email" | "nothing";
  /** Whether a hard deletion takes the user's push devices along. */
  deletionRemovesDevices: boolean;
  /** Data sets that DeleteUsers does not take along, however hard it is. */
  deletionSpares: readonly DataSet[];
  /** ExportFeedUserData for a user without any feeds content: a file with the user alone, or 404. */
  exportOfEmptyFeeds: "user_only" | "not_found";
  wrongRegionStatus: number;
};

export type DeletionAnswer = "ok" | "user_error" | "refused_404" | "refused_400";

type TaskSettings = {
  waitingMs: number;
  pendingMs: number;
  runningMs: number;
  /** How long a task can be asked for after its end. */
  retentionMs: number;
  /** New tasks never end. */
  stuck: boolean;
  /** How long the URL of an export file works. */
  urlMs: number;
};

export type AppOptions = Partial<Omit<AppSettings, "limits" | "tasks">> & {
  limits?: Partial<Record<OperationId, number>> | false;
  tasks?: Partial<TaskSettings>;
};

export const DEFAULT_APP = {
  name: "Northwind Chat",
  apiKey: "k7m2p9x4qd5w",
  apiSecret: "5vq8zr2nx7kb4mwt9cyh3gpf6dja8sle2uvk7nqx4brz9mtw3hyc6pgf5djs8ael",
} as const;

export const DEFAULT_LIMITS = Object.fromEntries(
  Object.entries(OPERATIONS).map(([id, { perMinute }]) => [id, perMinute]),
) as Record<OperationId, number>;

const DAY_MS = 86_400_000;

export const settingsFrom = ({ limits, tasks, ...options }: AppOptions): AppSettings => ({
  ...DEFAULT_APP,
  windowMs: 60_000,
  perSecondLimit: false,
  latencyMs: 0,
  suspended: false,
  wrongRegion: false,
  denied: [],
  gzip: true,
  recordCalls: true,
  exportLimit: 10_000,
  exportFileLimit: 10_000,
  deletionOfUnknown: "user_error",
  deletionOfErased: "ok",
  absentUserText: "user not found",
  exportOfDeleted: "not_found",
  wrongSecretCode: 43,
  taskFields: "omitted",
  strictHardDeletion: false,
  acceptBearer: false,
  issuedAtToleranceMs: 0,
  emailFilter: "custom_email",
  deletionRemovesDevices: true,
  deletionSpares: [],
  exportOfEmptyFeeds: "user_only",
  wrongRegionStatus: 403,
  ...options,
  limits: limits === false ? false : { ...DEFAULT_LIMITS, ...limits },
  tasks: {
    waitingMs: 0,
    pendingMs: 200,
    runningMs: 800,
    retentionMs: 7 * DAY_MS,
    stuck: false,
    urlMs: DAY_MS,
    ...tasks,
  },
});

import type { ExportFile } from "./export-file.ts";
import { type Faults, openFaults } from "./faults.ts";
import type { Leaves } from "./leftovers.ts";
import { type Lingering, openLingering } from "./lingering.ts";
import type { OperationId } from "./operations.ts";
import { openRateLimits, type RateLimits } from "./rate-limits.ts";
import { openRecords, type Records } from "./records.ts";
import { openRooms, type Rooms } from "./rooms.ts";
import { type AppOptions, type AppSettings, settingsFrom } from "./settings.ts";
import { openTasks, type Tasks } from "./tasks.ts";
import { openUsers, type Users } from "./users.ts";

/** One request that the app has seen. */
export type CallRecord = {
  operation: OperationId;
  method: string;
  /** Without the query. */
  path: string;
  /** 0 until it is answered, and for good when the connection is cut or hangs. */
  status: number;
  at: number;
  userIds?: readonly string[];
  /** The task asked for, or the task started. */
  taskId?: string;
  /** The JSON body, or the payload in the query. */
  input?: unknown;
};

/** What becomes of a deletion that has a given user in it. */
export type DeletionFailure =
  /** The whole call is refused: 400 with code 4, or 404 with code 16. */
  | { kind: "refused"; status: 400 | 404 }
  /** The task completes with this error for the user, whose data stay. */
  | { kind: "user_error"; text?: string }
  /** The task fails, and nobody's data go. */
  | { kind: "task_failed" }
  /** The task completes and reports `ok`, but this much of the user is still stored. */
  | ({ kind: "leaves" } & Leaves);

/** One request for an export file. */
export type DownloadRecord = { path: string; status: number; at: number; range?: string };

/** One Stream app: all that the emulator keeps about it. */
export type App = {
  settings: AppSettings;
  now: () => number;
  /** Where the emulator answers, for URLs in results. */
  origin: () => string;
  users: Users;
  rooms: Rooms;
  records: Records;
  tasks: Tasks;
  rateLimits: RateLimits;
  faults: Faults;
  calls: CallRecord[];
  deletionFailures: Map<string, DeletionFailure>;
  lingering: Lingering;
  downloads: DownloadRecord[];
  exportFiles: Map<string, ExportFile>;
  /** Does what should have been done by now. */
  advance(): void;
};

export const openApp = (options: AppOptions, now: () => number, origin: () => string): App => {
  const settings = settingsFrom(options);
  const tasks = openTasks(settings, now);
  const lingering = openLingering(now);
  return {
    settings,
    now,
    origin,
    users: openUsers(),
    rooms: openRooms(now),
    records: openRecords(),
    tasks,
    rateLimits: openRateLimits(settings, now),
    faults: openFaults(),
    calls: [],
    deletionFailures: new Map(),
    lingering,
    downloads: [],
    exportFiles: new Map(),
    advance() {
      tasks.advance();
      lingering.advance();
    },
  };
};

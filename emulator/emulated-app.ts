import type { App, CallRecord, DeletionFailure, DownloadRecord } from "./app.ts";
import type { Fault, FaultTarget } from "./faults.ts";
import type { OperationId } from "./operations.ts";
import { type Remaining, remaining } from "./remaining.ts";
import { type SeedUser, seedMany, seedUser } from "./seeding.ts";
import type { AppSettings } from "./settings.ts";
import type { TaskOutcome } from "./task.ts";

/** One app as tests see it from behind. */
export type EmulatedApp = {
  /** May be changed while the emulator runs. */
  options: AppSettings;
  /** Every request that named this app. */
  readonly calls: readonly CallRecord[];
  callsTo(operation: OperationId): CallRecord[];
  /** Every request for one of the app's export files. */
  readonly downloads: readonly DownloadRecord[];
  /** Forgets calls and downloads. */
  clearCalls(): void;
  seed(...users: SeedUser[]): void;
  /** Seeds `user-0000000` and so on, each with an e-mail address. @returns the ids. */
  seedMany(count: number, describe?: (index: number) => Partial<SeedUser>): string[];
  /** What is still stored of a user. */
  remaining(userId: string): Remaining;
  /** Disturbs the next answers of an operation; `Infinity` times means until `clearFaults`. */
  fault(operation: FaultTarget, fault: Fault, times?: number): void;
  clearFaults(): void;
  /** Decides how the next tasks end, by default of DeleteUsers. */
  failTasks(outcome: TaskOutcome, times?: number, operation?: OperationId): void;
  /** Decides what becomes of every deletion with this user in it; undefined lifts it. */
  failDeletionOf(userId: string, failure: DeletionFailure | undefined): void;
  /** Ends every task that still runs, stuck ones too. */
  endTasks(): void;
  /** GetTask answers 404 for it from now on. */
  forgetTask(id: string): void;
  resetRateLimits(): void;
};

export const emulatedApp = (app: App): EmulatedApp => ({
  options: app.settings,
  calls: app.calls,
  downloads: app.downloads,
  callsTo: (operation) => app.calls.filter((call) => call.operation === operation),
  clearCalls: () => {
    app.calls.length = 0;
    app.downloads.length = 0;
  },
  seed: (...users) => {
    for (const user of users) seedUser(app, user);
  },
  seedMany: (count, describe) => seedMany(app, count, describe),
  remaining: (userId) => remaining(app, userId),
  fault: (operation, fault, times = 1) => app.faults.add(operation, fault, times),
  clearFaults: () => app.faults.clear(),
  failTasks: (outcome, times = 1, operation = "DeleteUsers") =>
    app.tasks.foresee(operation, outcome, times),
  failDeletionOf: (userId, failure) => {
    if (failure) app.deletionFailures.set(userId, failure);
    else app.deletionFailures.delete(userId);
  },
  endTasks: () => app.tasks.endAll(),
  forgetTask: (id) => app.tasks.forget(id),
  resetRateLimits: () => app.rateLimits.reset(),
});

import { randomUUID } from "node:crypto";
import { notFound } from "./errors.ts";
import type { OperationId } from "./operations.ts";
import { openRepeated } from "./repeated.ts";
import type { AppSettings } from "./settings.ts";
import {
  finish,
  isGone,
  phaseEnds,
  type Task,
  type TaskOutcome,
  taskView,
  type Work,
} from "./task.ts";

export type Tasks = {
  /** @returns the new task's id. */
  start(operation: OperationId, work: Work): string;
  /** GetTask's answer. @throws ApiError 404 when the task is unknown or no longer kept. */
  describe(id: string): Record<string, unknown>;
  /** Stream keeps no task for ever. */
  forget(id: string): void;
  /** The next tasks of an operation end like this. */
  foresee(operation: OperationId, outcome: TaskOutcome, times: number): void;
  /** Does the work of every task whose time has come. Nothing runs by timer. */
  advance(): void;
  /** Ends every task that still runs, stuck ones too. */
  endAll(): void;
};

export const openTasks = (settings: AppSettings, now: () => number): Tasks => {
  const tasks = new Map<string, Task>();
  const running = new Set<Task>();
  const foreseen = openRepeated<OperationId, TaskOutcome>();
  let nextEnd = Number.POSITIVE_INFINITY;
  const advance = () => {
    const time = now();
    if (time < nextEnd) return;
    nextEnd = Number.POSITIVE_INFINITY;
    for (const task of running) {
      if (task.ends[2] > time) nextEnd = Math.min(nextEnd, task.ends[2]);
      else {
        running.delete(task);
        finish(task);
      }
    }
  };

  return {
    start(operation, work) {
      const createdAt = now();
      const outcome = foreseen.take(operation);
      const ends = phaseEnds(settings.tasks, createdAt, outcome);
      const task: Task = { id: randomUUID(), createdAt, ends, outcome, work };
      tasks.set(task.id, task);
      running.add(task);
      nextEnd = Math.min(nextEnd, ends[2]);
      return task.id;
    },
    describe(id) {
      const task = tasks.get(id);
      if (!task || isGone(task, settings.tasks.retentionMs, now())) {
        tasks.delete(id);
        throw notFound(`Can't find task with id "${id}"`);
      }
      return taskView(task, settings, now());
    },
    forget: (id) => {
      tasks.delete(id);
    },
    foresee: foreseen.add,
    advance,
    endAll() {
      const time = now();
      for (const task of running) task.ends = [time, time, time];
      nextEnd = time;
      advance();
    },
  };
};

import { createBullBoard } from "@bull-board/api";
import { ExpressAdapter } from "@bull-board/express";
import type { Express } from "express";
import type { Logger } from "../logger.ts";
import { QUEUE_NAMES, type QueueName, type Queues } from "../queues/queues.ts";
import { failureOf } from "./failure.ts";
import { OperatorAdapter } from "./operator-adapter.ts";
import { openPermissions } from "./permissions.ts";

const DESCRIPTIONS: Record<QueueName, string> = {
  access: "Each job finds one person at Stream and stores an export of everything held about them.",
  delete:
    "Each job has Stream erase one person. Completed means accepted: task-status follows it to the end.",
  "task-status":
    "Each job follows one Stream task to its end, with all the requests it serves. Between looks it waits under Delayed.",
};

const UI = {
  boardTitle: "stream-dsr",
  hideDocsLink: true,
  miscLinks: [{ text: "Requests", url: "/requests" }],
  pollingInterval: { showSetting: false, forceInterval: 5 },
};

/** Bull Board over the three queues, without personal data and without what a browser must not do. */
export const createBoard = (queues: Queues, logger: Logger): Express => {
  const server = new ExpressAdapter();
  createBullBoard({
    queues: QUEUE_NAMES.map((name) => new OperatorAdapter(queues[name], DESCRIPTIONS[name])),
    serverAdapter: server,
    options: { uiConfig: UI, handlerHooks: { before: openPermissions(logger) } },
  });
  // Bull Board's own handler answers with the message, and in development with the stack.
  server.setErrorHandler((error) => failureOf(error, logger));
  const app: Express = server.getRouter();
  return app.disable("x-powered-by");
};

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import express, { type Express } from "express";
import type { Logger } from "../logger.ts";
import type { Queues } from "../queues/queues.ts";
import type { RequestStore } from "../requests/store.ts";
import { createBoard } from "./board.ts";
import { answerDecision, askForConfirmation } from "./decision.ts";
import { answerFailures } from "./failure.ts";
import { setHeaders } from "./headers.ts";
import { answerHealth, answersRedis } from "./health.ts";
import { type Login, requireLogin } from "./login.ts";
import { requireLoopbackName, requireSameOrigin } from "./origin.ts";
import { answerRequest, answerRequests, findRequest } from "./request-view.ts";

export type DashboardOptions = {
  host: string;
  port: number;
  /** Asked for on everything but `/healthz`. Without it only this machine's own names are answered. */
  login?: Login | undefined;
  queues: Queues;
  requests: RequestStore;
  logger: Logger;
  /** The keys that receipts are signed with, as a JWK set. */
  publicKeys: () => Promise<object>;
  /** What `/healthz` answers; whether Redis does, unless given. */
  isHealthy?: () => Promise<boolean> | boolean;
};

export type Dashboard = AsyncDisposable & { url: string };

/**
 * Serves Bull Board at `/`, requests at `/requests` as pages and as JSON, takes decisions below them, and `/healthz`. Port 0 takes a free one.
 * @throws Error when the address cannot be listened on.
 */
export const startDashboard = async (options: DashboardOptions): Promise<Dashboard> => {
  const server = createServer(createApp(options));
  await listen(server, options);
  return {
    url: urlOf(server),
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      // Browsers keep theirs open to poll.
      server.closeAllConnections();
      await closed;
    },
  };
};

const createApp = (options: DashboardOptions): Express => {
  const { login, queues, requests, logger } = options;
  const { isHealthy = () => answersRedis(queues) } = options;
  return express()
    .disable("x-powered-by")
    .use(setHeaders)
    .get("/healthz", answerHealth(isHealthy))
    .use(login ? requireLogin(login) : requireLoopbackName)
    .use(requireSameOrigin)
    .get("/.well-known/jwks.json", async (_request, response) => {
      response.json(await options.publicKeys());
    })
    .get("/requests", findRequest, answerRequests({ requests, queues }))
    .get("/requests/:id", answerRequest({ requests, queues }))
    .get("/requests/:id/:decision", askForConfirmation({ requests, queues }))
    .post("/requests/:id/:decision", answerDecision({ requests, queues }, logger))
    .use(createBoard(queues, logger))
    .use((_request, response) => {
      response.status(404).json({ error: "There is nothing here. The board is at /." });
    })
    .use(answerFailures(logger));
};

const listen = async (server: Server, { host, port }: DashboardOptions): Promise<void> => {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : cause;
    throw new Error(
      `The dashboard cannot listen (${why}). Choose another DASHBOARD_HOST or DASHBOARD_PORT`,
      { cause },
    );
  }
};

const urlOf = (server: Server): string => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no address");
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
};

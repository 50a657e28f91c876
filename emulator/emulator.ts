import { once } from "node:events";
import { createServer } from "node:http";
import { openApp } from "./app.ts";
import { type EmulatedApp, emulatedApp } from "./emulated-app.ts";
import { serve } from "./serve.ts";
import type { AppOptions } from "./settings.ts";

export type EmulatorOptions = {
  /** 0 takes a free port. */
  port?: number;
  host?: string;
  apps?: readonly AppOptions[];
  /** The clock of tasks, rate limits and tokens, in ms since the epoch. */
  now?: () => number;
};

export type Emulator = AsyncDisposable & {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** The app with this API key, or the first one. */
  app(apiKey?: string): EmulatedApp;
};

/** Starts a stand-in for Stream's server API v2. */
export const startEmulator = async ({
  port = 0,
  host = "127.0.0.1",
  apps: appOptions = [{}],
  now = Date.now,
}: EmulatorOptions = {}): Promise<Emulator> => {
  let url = "";
  const apps = new Map(
    appOptions.map((options) => {
      const app = openApp(options, now, () => url);
      return [app.settings.apiKey, app];
    }),
  );
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    // A client that leaves in the middle of an answer is its own business.
    serve(apps, request, response).catch(() => response.destroy());
  });
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address();
  url = `http://${host}:${typeof address === "object" ? address?.port : port}`;
  const emulated = new Map([...apps].map(([key, app]) => [key, emulatedApp(app)]));

  return {
    url,
    app(apiKey = emulated.keys().next().value ?? "") {
      const app = emulated.get(apiKey);
      if (!app) throw new Error(`the emulator has no app with the API key ${apiKey}`);
      return app;
    },
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};

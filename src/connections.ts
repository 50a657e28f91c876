import type { ConnectionConfig } from "./config/connection-config.ts";
import type { ConnectionName } from "./identifiers.ts";
import { openStreamApp, type StreamApp } from "./stream/app.ts";

/** A configured Stream app, ready to be used. */
export type Connection = { config: ConnectionConfig; stream: StreamApp };
export type Connections = ReadonlyMap<ConnectionName, Connection>;

/** Opens every configured connection; no call is made. */
export const openConnections = async (
  configs: readonly ConnectionConfig[],
): Promise<Connections> => {
  const opened = configs.map(
    async (config) => [config.name, { config, stream: await openStreamApp(config) }] as const,
  );
  return new Map(await Promise.all(opened));
};

import type { ConnectionConfig } from "./config/connection-config.ts";
import type { ConnectionName } from "./identifiers.ts";
import { openStreamApp, type StreamApp } from "./stream/app.ts";
import { type Limiter, UNLIMITED } from "./stream/limiter.ts";

/** A configured Stream app, ready to be used. */
export type Connection = { config: ConnectionConfig; stream: StreamApp };
export type Connections = ReadonlyMap<ConnectionName, Connection>;

/**
 * Opens every configured connection; no call is made.
 * @param limiterOf who keeps a connection to Stream's rate limits; without it every call goes out at once.
 * @param stopping aborted when the process must stop.
 */
export const openConnections = async (
  configs: readonly ConnectionConfig[],
  limiterOf?: (name: ConnectionName) => Limiter,
  stopping?: AbortSignal,
): Promise<Connections> => {
  const opened = configs.map(async (config) => {
    const { name, ...app } = config;
    const limiter = limiterOf?.(name) ?? UNLIMITED;
    return [name, { config, stream: await openStreamApp({ ...app, limiter, stopping }) }] as const;
  });
  return new Map(await Promise.all(opened));
};

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
 * @param stop `stopping` ends the waiting for slots, `givingUp` breaks off the calls under way.
 */
export const openConnections = async (
  configs: readonly ConnectionConfig[],
  limiterOf?: (name: ConnectionName) => Limiter,
  stop: { stopping?: AbortSignal; givingUp?: AbortSignal } = {},
): Promise<Connections> => {
  const opened = configs.map(async (config) => {
    const { name, ...app } = config;
    const limiter = limiterOf?.(name) ?? UNLIMITED;
    const { stopping, givingUp } = stop;
    const devicesFirst = config.alsoDelete.devices;
    const stream = await openStreamApp({ ...app, devicesFirst, limiter, stopping, givingUp });
    return [name, { config, stream }] as const;
  });
  return new Map(await Promise.all(opened));
};

import type { Config } from "../config/config.ts";
import { openConnections } from "../connections.ts";
import { verifyCredentials } from "../stream/check.ts";

/** `check`: verifies every connection at Stream, one line each. @returns whether all of them work. */
export const check = async (config: Config, print: (line: string) => void): Promise<boolean> => {
  const connections = await openConnections(config.connections);
  const results = await Promise.all(
    [...connections.values()].map(async ({ config: { name, ...credentials }, stream }) => {
      const verification = await verifyCredentials(credentials, stream);
      print(
        verification.ok
          ? `ok      ${name}: app "${verification.app}", ${verification.deletionsPerMinute ?? "?"} DeleteUsers calls a minute`
          : `failed  ${name}: ${verification.advice}`,
      );
      return verification.ok;
    }),
  );
  return results.every(Boolean);
};

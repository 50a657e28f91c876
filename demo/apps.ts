import { DEFAULT_APP } from "../emulator/settings.ts";

const tasks = { pendingMs: 700, runningMs: 2500 };
const secretOf = (letters: string): string => letters.repeat(64).slice(0, 64);

/** Three Stream apps, each with its own credentials and rate limits. */
export const APPS = [
  { ...DEFAULT_APP, tasks },
  { name: "Northwind Events", apiKey: "e4v7n2t8s6qx", apiSecret: secretOf("e9v2n8t4s1q"), tasks },
  { name: "Northwind Labs", apiKey: "l3a9b5s1r7wz", apiSecret: secretOf("l7a3b9s5r2w"), tasks },
] as const;

/** Stream is read again two seconds after a deletion, not five minutes. */
const verification = { delaySeconds: 2 };

/** The connections file that an operator would write for them. */
export const connectionsFile = (baseUrl: string): string =>
  JSON.stringify({
    connections: [
      { name: "default", ...credentials(0), baseUrl, verification },
      { name: "events", ...credentials(1), baseUrl, asynchronousDeletion: "complete-on-submit" },
      { name: "labs", ...credentials(2), baseUrl, verification },
    ],
  });

const credentials = (index: 0 | 1 | 2) => {
  const { apiKey, apiSecret } = APPS[index];
  return { apiKey, apiSecret };
};

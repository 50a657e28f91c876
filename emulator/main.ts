import { parseArgs } from "node:util";
import { startEmulator } from "./emulator.ts";
import { PEOPLE, seedPeople } from "./seed.ts";

const { values } = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: process.env.PORT ?? "8787" },
  },
});
const emulator = await startEmulator({ host: values.host, port: Number(values.port) });
const app = emulator.app();
seedPeople(app);

process.stdout.write(
  [
    `Stream's API, emulated: ${emulator.url}`,
    `API key:    ${app.options.apiKey}`,
    `API secret: ${app.options.apiSecret}`,
    `Users:      ${PEOPLE.map(({ id }) => id).join(", ")}`,
    "",
  ].join("\n"),
);

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => emulator[Symbol.asyncDispose]());
}

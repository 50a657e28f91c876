import { type Logger as PinoLogger, pino } from "pino";

export type Logger = PinoLogger;

/** Whatever a caller passes by mistake, these never reach the log. */
const REDACTED = [
  "apiKey",
  "apiSecret",
  "password",
  "authorization",
  "subject",
  "email",
  "userId",
  "userIds",
  "users[*]",
  "metadata",
  "data",
  "payload",
];

/** A logger of events with fields, one JSON object a line on standard output. Errors are given as their message. */
export const openLogger = (level: string): Logger =>
  pino({
    level,
    base: null,
    redact: [...REDACTED, ...REDACTED.map((path) => `*.${path}`)],
  });

import { createHmac } from "node:crypto";
import type { Subject } from "../queues/payloads.ts";

/** HMAC-SHA256 of the subject in hex: tells whether two requests are about the same one, and nothing else. */
export const subjectHmac = (subject: Subject, key: string): string => {
  const name =
    "userId" in subject ? `userId:${subject.userId}` : `email:${subject.email.toLowerCase()}`;
  return createHmac("sha256", key).update(name).digest("hex");
};

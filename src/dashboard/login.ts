import { createHash, timingSafeEqual } from "node:crypto";
import type { RequestHandler } from "express";

export type Login = { user: string; password: string };

/** Lets through whoever sends the login by HTTP Basic (RFC 7617). */
export const requireLogin = ({ user, password }: Login): RequestHandler => {
  const expected = hash(`${user}:${password}`);
  return (request, response, next) => {
    const [, credentials = ""] = /^Basic (.+)$/i.exec(request.headers.authorization ?? "") ?? [];
    const given = hash(Buffer.from(credentials, "base64").toString());
    if (timingSafeEqual(given, expected)) return next();
    response
      .status(401)
      .set("WWW-Authenticate", 'Basic realm="stream-dsr", charset="UTF-8"')
      .json({ error: "Log in with DASHBOARD_USER and DASHBOARD_PASSWORD." });
  };
};

// Hashes are of one length, as timingSafeEqual wants, and say nothing of the length of the password.
const hash = (text: string): Buffer => createHash("sha256").update(text).digest();

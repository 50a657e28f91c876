import type { RequestHandler } from "express";

// Bull Board's page has inline styles, and asks Google for fonts; it does without when it gets none.
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Headers of every answer: nothing from elsewhere, nothing embedded elsewhere, nothing kept but static files. */
export const setHeaders: RequestHandler = (request, response, next) => {
  response.set({
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
  });
  if (!request.path.startsWith("/static/")) response.set("Cache-Control", "no-store");
  next();
};

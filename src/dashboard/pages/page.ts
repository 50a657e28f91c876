import { createHash } from "node:crypto";
import type { Request, Response } from "express";
import { type Html, html } from "../../html.ts";
import { STYLE } from "./style.ts";

export type Page = { title: string; body: Html };

/** Whether a page is what the client likes best; whoever takes anything gets JSON. */
export const prefersPage = (request: Request): boolean =>
  request.accepts(["json", "html"]) === "html";

// Stricter than what Bull Board needs: no script at all, and forms to ourselves only.
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** Answers with a page of ours. */
export const sendPage = (response: Response, status: number, page: Page): void => {
  response
    .status(status)
    .set("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    // With no-referrer a browser sends `Origin: null` along with a form, and that is not our own origin.
    .set("Referrer-Policy", "same-origin")
    .type("html")
    .send(markupOf(page));
};

/** Answers in one sentence why there is nothing else to answer: on a page to browsers, else as JSON. */
export const answerSentence = (
  request: Request,
  response: Response,
  status: 404 | 409,
  error: string,
): void => {
  if (!prefersPage(request)) {
    response.status(status).json({ error });
    return;
  }
  const title = status === 404 ? "Not found" : "Not possible";
  sendPage(response, status, { title, body: html`<h1>${title}</h1>\n<p>${error}</p>` });
};

const markupOf = ({ title, body }: Page): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · stream-dsr</title>
<link rel="icon" href="/static/favicon-32x32.png">
<style>${{ markup: STYLE }}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<nav aria-label="Main"><strong>stream-dsr</strong><a href="/requests">Requests</a><a href="/">Queues</a></nav>
${SEARCH}
</header>
<main id="content">
${body}
</main>
</body>
</html>
`.markup;

// The pattern keeps e-mail addresses out of the URL, which proxies write to their logs.
const SEARCH = html`<form role="search" action="/requests">
<label for="id">Request id</label>
<input id="id" name="id" required maxlength="140" autocomplete="off" spellcheck="false" pattern="\\s*[A-Za-z0-9_\\-]{1,128}\\s*"
title="1 to 128 of A-Z a-z 0-9 _ -"><button>Find</button>
</form>`;

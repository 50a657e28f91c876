import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setImmediate as breathe } from "node:timers/promises";
import type { App } from "./app.ts";
import { disturb } from "./disturb.ts";
import { type ExportFile, isSignedBy } from "./export-file.ts";
import { chunked, type Reply, send } from "./http.ts";
import { type ByteRange, parseRange, slice } from "./ranges.ts";

/** Serves an export file by its path, as the storage behind Stream does: the signature is all it asks for. */
export const serveDownload = async (
  apps: Iterable<App>,
  { path, query }: { path: string; query: URLSearchParams },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const found = fileAt(apps, path);
  // A guess: the storage does not compress.
  if (!found) return send(request, response, refused(404, "NoSuchKey"), false);
  const { app, file } = found;
  const { range } = request.headers;
  const record = { path, status: 0, at: app.now(), ...(range !== undefined && { range }) };
  if (app.settings.recordCalls) app.downloads.push(record);
  const finish = (reply: Reply) => {
    record.status = reply.status;
    return send(request, response, reply, false);
  };
  const reply = refusalOf(app, path, query) ?? (await fileReply(path, file, request));
  const fault = app.faults.take("DownloadExport");
  if (!fault) return finish(reply);
  const disturbance = disturb(fault, reply, ({ status }) => refused(status, "SlowDown"));
  if (disturbance.kind === "reply") return finish(disturbance.reply);
  disturbance.act(response);
};

const fileAt = (apps: Iterable<App>, path: string) => {
  for (const app of apps) {
    app.advance();
    const file = app.exportFiles.get(path);
    if (file) return { app, file };
  }
  return undefined;
};

const refusalOf = (app: App, path: string, query: URLSearchParams): Reply | undefined => {
  if (!isSignedBy(app, path, query)) return refused(403, "SignatureDoesNotMatch");
  if (app.now() > Number(query.get("Expires"))) return refused(403, "Request has expired");
  return undefined;
};

const refused = (status: number, reason: string, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { "content-type": "application/xml", ...headers },
  body: `<?xml version="1.0"?><Error><Code>${reason}</Code></Error>`,
});

const fileReply = async (
  path: string,
  file: ExportFile,
  { headers }: IncomingMessage,
): Promise<Reply> => {
  const size = await sizeOf(file);
  const etag = `"${createHash("md5").update(path).digest("hex")}"`;
  const asked = headers["if-range"] ?? etag;
  const range = asked === etag ? parseRange(headers.range, size) : undefined;
  if (range === "unsatisfiable") {
    return refused(416, "InvalidRange", { "content-range": `bytes */${size}` });
  }
  const { from, to } = range ?? { from: 0, to: size };
  return {
    status: range ? 206 : 200,
    headers: {
      "content-type": "application/x-ndjson",
      "content-length": String(to - from),
      "accept-ranges": "bytes",
      etag,
      ...(range && { "content-range": contentRange(range, size) }),
    },
    body: slice(chunked(file.open()), { from, to }),
  };
};

const contentRange = ({ from, to }: ByteRange, size: number): string =>
  `bytes ${from}-${to - 1}/${size}`;

const BREATH = 8 * 1024 * 1024;

/** The file is made anew for each download, so its size takes a run of its own; other calls go on meanwhile. */
const sizeOf = async (file: ExportFile): Promise<number> => {
  if (file.size !== undefined) return file.size;
  let size = 0;
  let breath = BREATH;
  for (const part of file.open()) {
    size += Buffer.byteLength(part);
    if (size < breath) continue;
    breath += BREATH;
    await breathe();
  }
  file.size = size;
  return size;
};

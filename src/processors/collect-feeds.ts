import type { UserId } from "../identifiers.ts";
import type { Step } from "../requests/step.ts";
import type { DataSetExport } from "../results/manifest.ts";
import type { ExportPackage } from "../results/store.ts";
import type { StreamApp } from "../stream/app.ts";

const TOLD = { name: "feeds", operation: "ExportFeedUserData" } as const;

/**
 * Writes the file of a user's Feeds export, whose task has ended.
 * @param steps the request's, with that task. @throws StreamError `not_found` when Stream no longer knows the task.
 */
export const collectFeeds = async (
  user: UserId,
  name: string,
  steps: readonly Step[],
  draft: ExportPackage,
  stream: StreamApp,
  signal: AbortSignal | undefined,
): Promise<DataSetExport> => {
  const step = steps.find((one) => one.userId === user && one.name === TOLD.name);
  const [task] = step?.tasks ?? [];
  // Stream has no such user in Feeds.
  if (!task) return { ...TOLD, status: "empty" };
  const end = await stream.getTask(task);
  if (end.state === "completed" && !end.url)
    return { ...TOLD, status: "not_covered", why: NO_FILE };
  const file = `${name}.feeds.ndjson`;
  const lines = { records: 0 };
  const written = await draft.writeIfAny(file, counted(stream.downloadExport(task, signal), lines));
  if (!written) return { ...TOLD, status: "empty" };
  const { bytes, sha256 } = written;
  return { ...TOLD, status: "complete", file, records: lines.records, items: null, bytes, sha256 };
};

const NO_FILE = "Stream's export task has ended and named no file";

const LINE_BREAK = 0x0a;

/** Passes a file on and counts its lines. */
async function* counted(
  body: AsyncIterable<Buffer>,
  lines: { records: number },
): AsyncGenerator<Buffer> {
  let last = LINE_BREAK;
  for await (const chunk of body) {
    for (let at = chunk.indexOf(LINE_BREAK); at >= 0; at = chunk.indexOf(LINE_BREAK, at + 1)) {
      lines.records += 1;
    }
    last = chunk.at(-1) ?? last;
    yield chunk;
  }
  if (last !== LINE_BREAK) lines.records += 1;
}

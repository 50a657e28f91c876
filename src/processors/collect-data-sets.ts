import type { ConnectionConfig } from "../config/connection-config.ts";
import type { UserId } from "../identifiers.ts";
import type { DataSetExport } from "../results/manifest.ts";
import type { ExportPackage } from "../results/store.ts";
import type { StreamApp } from "../stream/app.ts";
import type { DataSetSource } from "../stream/data-set-source.ts";
import { DATA_SETS, type DataSet, dataSetsOf } from "../stream/data-sets.ts";
import type { StreamError } from "../stream/errors.ts";
import { type DataSetPage, refusesDataSet } from "../stream/read-data-set.ts";

/**
 * Writes each data set of a user into a file of its own, one answer of Stream's a line, byte for byte; an empty one into none.
 * @throws StreamError when Stream cannot be read now. A set that it refuses to give is `not_covered`.
 */
export const collectDataSets = async (
  user: UserId,
  name: string,
  draft: ExportPackage,
  stream: StreamApp,
  config: ConnectionConfig,
  signal: AbortSignal | undefined,
): Promise<DataSetExport[]> => {
  const collected: DataSetExport[] = [];
  const reader = stream.dataSetsOf(user, signal);
  for (const set of dataSetsOf(config.products)) {
    collected.push(
      config.skipDataSets.includes(set)
        ? { name: set, operation: DATA_SETS[set].operation, status: "skipped", why: SKIPPED }
        : await collectSet(set, draft, `${name}.${set}.ndjson`, reader.read(set)),
    );
  }
  return collected;
};

const SKIPPED = "This connection is set to leave it out";
const CUT_OFF = "Stream lists no more of them";

/** How far a set has been read while its pages are written. */
type Reading = { records: number; why?: string };

const collectSet = async (
  set: DataSet,
  draft: ExportPackage,
  file: string,
  pages: AsyncGenerator<DataSetPage>,
): Promise<DataSetExport> => {
  const source: DataSetSource = DATA_SETS[set];
  const told = { name: set, operation: source.operation };
  const reading: Reading = { records: 0 };
  const written = await draft.writeIfAny(file, bodiesOf(pages, reading));
  const { records, why } = reading;
  if (!written) {
    return why === undefined
      ? { ...told, status: "empty" }
      : { ...told, status: "not_covered", why };
  }
  const { bytes, sha256 } = written;
  const status = why === undefined ? "complete" : "truncated";
  return {
    ...told,
    status,
    ...(why && { why }),
    file,
    records,
    items: source.items,
    bytes,
    sha256,
  };
};

async function* bodiesOf(
  pages: AsyncGenerator<DataSetPage>,
  reading: Reading,
): AsyncGenerator<Buffer> {
  try {
    for await (const { body, items, truncated } of pages) {
      if (truncated) reading.why = CUT_OFF;
      if (items.length === 0) continue;
      reading.records += items.length;
      yield Buffer.from(`${body}\n`);
    }
  } catch (error) {
    if (!refusesDataSet(error)) throw error;
    reading.why = refusal(error);
  }
}

const refusal = ({ code, message }: StreamError): string =>
  `Stream does not give it (${code}): ${message}`;

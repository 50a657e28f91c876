import { z } from "zod";
import type { UserId } from "../identifiers.ts";
import type { DataSetSource, PageRequest } from "./data-set-source.ts";
import { DATA_SETS, type DataSet } from "./data-sets.ts";
import { StreamError, type StreamErrorCode } from "./errors.ts";
import type { Http } from "./http.ts";

/** One answer of Stream's, byte for byte, and the records that it lists. */
export type DataSetPage = {
  body: string;
  items: readonly unknown[];
  /** Whether Stream has more of it but gives no further page. */
  truncated: boolean;
};

/** Offsets end here (QueryChannels, QueryBannedUsers). */
const LARGEST_OFFSET = 1000;

/**
 * Whoever comes back later reads again all that was read before, and in company may never come to the end.
 * So a page waits for its slot where it is, longer than Stream's window, and is asked for again when Stream refuses it.
 */
const PATIENCE = { longestWaitMs: 150_000, refusals: 5 };

export type DataSetReader = {
  /**
   * Reads a data set, page by page. A used-up rate limit is waited for in place, up to some minutes.
   * @throws StreamError, among others when the app's plan does not include the product or the operation.
   */
  read(set: DataSet): AsyncGenerator<DataSetPage>;
};

/** The names of a set's records, and whether Stream has more of them than it lists. */
type Names = { parameters: Record<string, string>[]; truncated: boolean };

/** Reads the data sets of one user. What several sets are within is read once for all of them. */
export const openDataSetReader = (
  http: Http,
  user: UserId,
  signal?: AbortSignal,
): DataSetReader => {
  const known = new Map<DataSet, Names>();
  async function* read(set: DataSet): AsyncGenerator<DataSetPage> {
    const source: DataSetSource = DATA_SETS[set];
    if (source.within) return yield* readWithin(source, source.within);
    const { nameOf } = source;
    const names: Names = { parameters: [], truncated: false };
    for await (const page of pagesOf(http, source, user, {}, signal)) {
      if (nameOf) names.parameters.push(...page.items.map((item) => nameOf(item)));
      names.truncated = page.truncated;
      yield page;
    }
    known.set(set, names);
  }
  async function* readWithin(source: DataSetSource, outer: DataSet): AsyncGenerator<DataSetPage> {
    if (!known.has(outer)) for await (const _ of read(outer));
    const { parameters, truncated } = known.get(outer) ?? { parameters: [], truncated: true };
    for (const name of parameters) yield* pagesWithin(http, source, user, name, signal);
    if (truncated) yield { body: "", items: [], truncated };
  }
  return { read };
};

// A poll or a call that has gone since it was listed has nothing within any more.
async function* pagesWithin(...[http, source, ...rest]: Parameters<typeof pagesOf>) {
  try {
    yield* pagesOf(http, source, ...rest);
  } catch (error) {
    if (!(error instanceof StreamError && error.code === "not_found")) throw error;
  }
}

async function* pagesOf(
  http: Http,
  source: DataSetSource,
  user: UserId,
  parameters: Record<string, string>,
  signal: AbortSignal | undefined,
): AsyncGenerator<DataSetPage> {
  const Answer = z.looseObject({
    [source.items]: z.array(z.unknown()).nullish(),
    next: z.string().nullish(),
  });
  let page: PageRequest | undefined = firstPage(source);
  while (page) {
    const { longestWaitMs } = PATIENCE;
    const options = { ...source.request(user, page), parameters, signal, longestWaitMs };
    const { answer, body } = await patiently(() => http.text(source.operation, Answer, options));
    const items = z.array(z.unknown()).parse(answer[source.items] ?? []);
    const next = pageAfter(source, page, items.length, z.string().nullish().parse(answer.next));
    yield { body, items, truncated: next === "beyond" };
    page = next === "beyond" ? undefined : next;
  }
}

const patiently = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
  for (let refusals = 1; ; refusals += 1) {
    try {
      return await call();
    } catch (error) {
      const refused = error instanceof StreamError && error.code === "rate_limited" && error.status;
      if (!refused || refusals === PATIENCE.refusals) throw error;
    }
  }
};

const firstPage = ({ paging }: DataSetSource): PageRequest =>
  paging === "whole" || paging.by === "cursor"
    ? { limit: paging === "whole" ? 0 : paging.limit }
    : { limit: paging.limit, offset: 0 };

const pageAfter = (
  { paging }: DataSetSource,
  { limit, offset = 0, next: before }: PageRequest,
  count: number,
  next: string | null | undefined,
): PageRequest | "beyond" | undefined => {
  if (paging === "whole") return undefined;
  // A cursor that leads to its own page would lead there for ever.
  if (paging.by === "cursor" && next === before) return next ? "beyond" : undefined;
  if (paging.by === "cursor") return next ? { limit, next } : undefined;
  if (count < limit) return undefined;
  return offset + limit > LARGEST_OFFSET ? "beyond" : { limit, offset: offset + limit };
};

const REFUSALS: ReadonlySet<StreamErrorCode> = new Set(["not_found", "invalid_input", "refused"]);
const NOT_ALLOWED = 17;

/**
 * Whether an error means that Stream does not give this data set, as when the app's plan does not include it. Stream must have said
 * so itself: a proxy's refusal says nothing of the kind, and neither do credentials that are wrong altogether.
 */
export const refusesDataSet = (error: unknown): error is StreamError =>
  error instanceof StreamError &&
  error.streamCode !== undefined &&
  (REFUSALS.has(error.code) || error.streamCode === NOT_ALLOWED);

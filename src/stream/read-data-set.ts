import { z } from "zod";
import type { UserId } from "../identifiers.ts";
import { DATA_SETS, type DataSet, type DataSetSource, type PageRequest } from "./data-sets.ts";
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
 * Reads a data set of a user, page by page.
 * @throws StreamError, among others when the app's plan does not include the product or the operation.
 */
export async function* readDataSet(
  http: Http,
  set: DataSet,
  user: UserId,
  signal?: AbortSignal,
): AsyncGenerator<DataSetPage> {
  const source: DataSetSource = DATA_SETS[set];
  if (!source.within) {
    yield* pagesOf(http, source, user, {}, signal);
    return;
  }
  const { set: outer, parametersOf } = source.within;
  for await (const { items } of readDataSet(http, outer, user, signal)) {
    for (const item of items) yield* pagesOf(http, source, user, parametersOf(item), signal);
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
    const options = { ...source.request(user, page), parameters, signal };
    const { answer, body } = await http.text(source.operation, Answer, options);
    const items = z.array(z.unknown()).parse(answer[source.items] ?? []);
    const next = pageAfter(source, page, items.length, z.string().nullish().parse(answer.next));
    yield { body, items, truncated: next === "beyond" };
    page = next === "beyond" ? undefined : next;
  }
}

const firstPage = ({ paging }: DataSetSource): PageRequest =>
  paging === "whole" || paging.by === "cursor"
    ? { limit: paging === "whole" ? 0 : paging.limit }
    : { limit: paging.limit, offset: 0 };

const pageAfter = (
  { paging }: DataSetSource,
  { limit, offset = 0 }: PageRequest,
  count: number,
  next: string | null | undefined,
): PageRequest | "beyond" | undefined => {
  if (paging === "whole") return undefined;
  if (paging.by === "cursor") return next ? { limit, next } : undefined;
  if (count < limit) return undefined;
  return offset + limit > LARGEST_OFFSET ? "beyond" : { limit, offset: offset + limit };
};

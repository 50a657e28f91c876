import { z } from "zod";
import type { UserId } from "../identifiers.ts";
import type { CallOptions } from "./http.ts";
import type { OperationId } from "./operations.ts";

/** What of Stream an app uses, beside the users that all of it shares. */
export const Product = z.enum(["chat", "feeds", "video"]);
export type Product = z.infer<typeof Product>;

/** Which page of a data set is asked for, as the operation wants to be told. */
export type PageRequest = { limit: number; next?: string; offset?: number };

/** How one data set is read. */
export type DataSetSource = {
  /** The products that have it; every app has it when none are named. */
  products?: readonly Product[];
  operation: OperationId;
  /** The field of the answer that lists the records. */
  items: string;
  /** How the operation pages, and the most records of a page. */
  paging: "whole" | { by: "cursor" | "offset"; limit: number };
  /** The set for whose records, one by one, this one is asked. */
  within?: "polls" | "calls";
  /** The path parameters that name a record of such a set. */
  nameOf?(item: unknown): Record<string, string>;
  request(user: UserId, page: PageRequest): CallOptions;
};

/** Asks by query parameter. */
export const byUser = (user_id: UserId): CallOptions => ({ searchParams: { user_id } });
/** Asks in the body. */
export const inBody = (user_id: UserId, page: PageRequest): CallOptions => ({
  json: { user_id, ...page },
});
/** Asks by a filter on a field that names the user. */
export const filtered =
  (field: string) =>
  (user: UserId, page: PageRequest): CallOptions => ({
    json: { filter: { [field]: user }, ...page },
  });

export const CURSOR = { by: "cursor", limit: 100 } as const;

import type { UserId } from "../identifiers.ts";
import type { DataSet } from "../stream/data-sets.ts";
import type { WrittenExport } from "./write-export.ts";

/** What a package may hold of a user besides the user export. */
export type SetName = DataSet | "feeds";

/** What became of one data set of a user. */
export type DataSetExport = { name: SetName; operation: string } & (
  | ({
      status: "complete" | "truncated";
      file: string;
      records: number;
      /** The field of each line that lists the records; null where each line is one. */
      items: string | null;
      why?: string;
    } & Omit<WrittenExport, "counts">)
  | { status: "empty" }
  | { status: "not_covered" | "skipped"; why: string }
);

/** What became of one user's export. */
export type UserExport =
  | { status: "absent"; userId: UserId }
  | { status: "too_large"; userId: UserId; why: string; dataSets: readonly DataSetExport[] }
  | ({
      status: "complete" | "truncated";
      userId: UserId;
      source: "ExportUser" | "ExportUsers";
      file: string;
      why?: string;
      dataSets: readonly DataSetExport[];
    } & WrittenExport);

/** What `manifest.json` says of a package. */
export type Manifest = {
  version: 1;
  requestId: string;
  connection: string;
  createdAt: string;
  /** Whether everything that the connection is set to cover was read to its end. */
  complete: boolean;
  users: readonly UserExport[];
  /** What Stream holds elsewhere and gives in no export, each with why. */
  notCovered: readonly string[];
};

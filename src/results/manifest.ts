import type { UserId } from "../identifiers.ts";
import type { WrittenExport } from "./write-export.ts";

/** What became of one user's export. */
export type UserExport =
  | { status: "absent"; userId: UserId }
  | { status: "too_large"; userId: UserId; why: string }
  | ({
      status: "complete" | "truncated";
      userId: UserId;
      source: "ExportUser" | "ExportUsers";
      file: string;
      why?: string;
    } & WrittenExport);

/** What `manifest.json` says of a package. */
export type Manifest = {
  version: 1;
  requestId: string;
  connection: string;
  createdAt: string;
  complete: boolean;
  users: readonly UserExport[];
  covered: readonly string[];
  notCovered: readonly string[];
};

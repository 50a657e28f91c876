import { z } from "zod";
import { AccessPayload, DeletePayload } from "./payloads.ts";

/** JSON Schemas (draft 2020-12) of the payloads that producers send, by queue. */
export const payloadSchemas = () => ({
  access: z.toJSONSchema(AccessPayload, { io: "input" }),
  delete: z.toJSONSchema(DeletePayload, { io: "input" }),
});

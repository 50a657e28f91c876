import { join } from "node:path";
import { expect, test } from "vitest";
import { payloadSchemas } from "../../src/queues/schemas.ts";

const directory = join(import.meta.dirname, "../../docs/schemas");

test.each(Object.entries(payloadSchemas()))(
  "docs/schemas/%s.json is the schema that the worker holds requests to (vitest -u writes it)",
  async (queue, schema) => {
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
      join(directory, `${queue}.json`),
    );
  },
);

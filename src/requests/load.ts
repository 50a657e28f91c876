import type { Redis } from "ioredis";
import { z } from "zod";
import type { RequestId } from "../identifiers.ts";
import type { Keys } from "./keys.ts";
import type { Memory } from "./memory.ts";
import { type Dossier, Personal, RequestRecord } from "./record.ts";

/** A dossier as it was at a version; 0 when there is none. */
export type Versioned = { dossier: Dossier | undefined; version: number };

/** Loads dossiers in one round trip. One that is remembered, and has not changed since, is not sent again. */
export const loadAll = async (
  redis: Redis,
  keys: Keys,
  ids: readonly RequestId[],
  memory: Memory<Versioned>,
): Promise<Versioned[]> => {
  const known = ids.map((id) => memory.recall(id));
  const scriptKeys = ids.flatMap((id) => [keys.record(id), keys.personal(id)]);
  const versions = known.map((remembered) => remembered?.version ?? "");
  const reply = await redis.eval(LOAD_SCRIPT, scriptKeys.length, ...scriptKeys, ...versions);
  const replies = Stored.parse(reply);
  return ids.map((id, index) => {
    const [version = null, record = null, personal = null] = replies.slice(
      3 * index,
      3 * index + 3,
    );
    if (version === null) return { dossier: undefined, version: 0 };
    const remembered = known[index];
    if (record === null && remembered) return current(remembered, personal);
    const loaded = { dossier: revive(record ?? "", personal), version: Number(version) };
    memory.keep(id, loaded);
    return loaded;
  });
};

const Stored = z.array(z.string().nullable());

/**
 * KEYS: record and personal part of each request. ARGV: the version that is remembered of each, '' for none. Answers version,
 * record and personal part of each, null for what there is not; of one that is remembered as it is, no record.
 */
const LOAD_SCRIPT = `
local found = {}
for i = 1, #ARGV do
  local record, personal = KEYS[2 * i - 1], KEYS[2 * i]
  local version = redis.call('HGET', record, 'version')
  local same = version and version == ARGV[i]
  found[3 * i - 2] = version
  found[3 * i - 1] = not same and redis.call('HGET', record, 'record')
  found[3 * i] = same and redis.call('EXISTS', personal) == 1 and '' or not same and redis.call('GET', personal)
end
return found
`;

// The personal part may have expired.
const current = ({ dossier, version }: Versioned, personal: string | null): Versioned => ({
  version,
  dossier: dossier && personal === null ? { ...dossier, personal: null } : dossier,
});

const revive = (record: string, personal: string | null): Dossier => ({
  record: RequestRecord.parse(JSON.parse(record)),
  personal: personal === null ? null : Personal.parse(JSON.parse(personal)),
});

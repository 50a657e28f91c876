import type { Redis } from "ioredis";
import { z } from "zod";
import type { RequestId } from "../identifiers.ts";
import type { Keys } from "./keys.ts";
import type { Memory } from "./memory.ts";
import { type Dossier, Personal, RequestRecord } from "./record.ts";

/** A dossier as it was at a version; 0 when there is none. */
export type Versioned = { dossier: Dossier | undefined; version: number };

/** Loads dossiers in one round trip. One that is remembered, and has not changed since, is not parsed again. */
export const loadAll = async (
  redis: Redis,
  keys: Keys,
  ids: readonly RequestId[],
  memory: Memory<Versioned>,
): Promise<Versioned[]> => {
  const pipeline = redis.pipeline();
  for (const id of ids) {
    pipeline.hmget(keys.record(id), "version", "record").get(keys.personal(id));
  }
  const replies = (await pipeline.exec()) ?? [];
  return ids.map((id, index) => {
    const [recordReply, personalReply] = replies.slice(2 * index, 2 * index + 2);
    const failure = recordReply?.[0] ?? personalReply?.[0];
    if (failure) throw failure;
    const [version, record] = Stored.parse(recordReply?.[1]);
    const personal = StoredPersonal.parse(personalReply?.[1]);
    if (version === null || record === null) return { dossier: undefined, version: 0 };
    const known = memory.recall(id);
    if (known && isStill(known, Number(version), personal)) return known;
    const loaded = { dossier: revive(record, personal), version: Number(version) };
    memory.keep(id, loaded);
    return loaded;
  });
};

const Stored = z.tuple([z.string().nullable(), z.string().nullable()]);
const StoredPersonal = z.string().nullable();

// The personal part may have expired.
const isStill = (known: Versioned, version: number, personal: string | null): boolean =>
  known.version === version && !known.dossier?.personal === (personal === null);

const revive = (record: string, personal: string | null): Dossier => ({
  record: RequestRecord.parse(JSON.parse(record)),
  personal: personal === null ? null : Personal.parse(JSON.parse(personal)),
});

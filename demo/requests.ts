import type { Producer } from "../src/queues/producer.ts";
import type { Queues } from "../src/queues/queues.ts";

/** What the demo asks for: each an ordinary request, or one of the ways in which requests go wrong. */
const REQUESTS = [
  {
    id: "access-by-id",
    type: "access",
    what: "export Ann, by user id",
    subject: { userId: "ann-lindqvist" },
  },
  {
    id: "access-by-email",
    type: "access",
    what: "export whoever has family@jansen.example",
    subject: { email: "family@jansen.example" },
  },
  {
    id: "access-too-large",
    type: "access",
    what: "export Grace, who wrote 10,001 messages",
    subject: { userId: "grace-okafor" },
  },
  {
    id: "delete-by-id",
    type: "delete",
    what: "delete Bilal, by user id",
    subject: { userId: "bilal-haddad" },
  },
  {
    id: "delete-by-email",
    type: "delete",
    what: "delete Chiara, by e-mail",
    subject: { email: "chiara@moretti.example" },
  },
  {
    id: "delete-nobody",
    type: "delete",
    what: "delete an address that nobody has",
    subject: { email: "nobody@northwind.example" },
  },
  {
    id: "delete-dry-run",
    type: "delete",
    what: "who has family@jansen.example?",
    subject: { email: "family@jansen.example" },
    dryRun: true,
  },
  {
    id: "delete-on-submit",
    type: "delete",
    what: "delete Ann from Events (complete-on-submit)",
    subject: { userId: "ann-lindqvist" },
    connection: "events",
  },
  {
    id: "delete-task-fails",
    type: "delete",
    what: "delete Ann from Labs, where Stream's task fails",
    subject: { userId: "ann-lindqvist" },
    connection: "labs",
  },
] as const;

const MALFORMED = {
  id: "delete-malformed",
  what: "a job from elsewhere that is not a valid request",
  data: { version: 1, requestId: "delete-malformed", user: "ann-lindqvist" },
};

/** What each request is about, by id. */
export const DESCRIPTIONS: ReadonlyMap<string, string> = new Map(
  [...REQUESTS, MALFORMED].map(({ id, what }) => [id, what]),
);

/** Pushes them all: through the producer, and one straight into Redis as any BullMQ program could. */
export const pushRequests = async (producer: Producer, queues: Queues): Promise<void> => {
  for (const { id, type, what: _, ...request } of REQUESTS) {
    const given = { ...request, requestId: id };
    await (type === "access" ? producer.requestAccess(given) : producer.requestDelete(given));
  }
  await queues.delete.add("delete", MALFORMED.data as never, { jobId: MALFORMED.id });
};

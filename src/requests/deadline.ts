import { isFinal, type RequestRecord } from "./record.ts";

/** By when the law wants an answer. */
export type Regulation = "gdpr" | "ccpa";

/** How a request stands against its due date; `none` without one. */
export type Deadline = "none" | "on_track" | "due_soon" | "overdue" | "met" | "breached";

const DAY_MS = 86_400_000;
const SOON_MS = 7 * DAY_MS;
const CCPA_DAYS = 45;

/**
 * When a request is due: as its producer says, else by its regulation from the time it was submitted.
 * GDPR art. 12(3): one month, ending on the same day of the next month or on its last. CCPA § 1798.130: 45 days.
 * @param submittedAt ms since the epoch. @returns RFC 3339, or undefined when neither is given.
 */
export const dueAtOf = (
  { dueAt, regulation }: { dueAt?: string | undefined; regulation?: Regulation | undefined },
  submittedAt: number,
): string | undefined => {
  if (dueAt !== undefined || regulation === undefined) return dueAt;
  const due = regulation === "ccpa" ? submittedAt + CCPA_DAYS * DAY_MS : aMonthAfter(submittedAt);
  return new Date(due).toISOString();
};

/** How a request stands at `now` (ms since the epoch). One that failed is not answered: its clock runs on. */
export const deadlineOf = (
  { dueAt, state, history }: Pick<RequestRecord, "dueAt" | "state" | "history">,
  now: number,
): Deadline => {
  if (dueAt === null) return "none";
  const due = Date.parse(dueAt);
  if (isFinal(state)) {
    return Date.parse(history.at(-1)?.at ?? "") <= due ? "met" : "breached";
  }
  if (now > due) return "overdue";
  return due - now <= SOON_MS ? "due_soon" : "on_track";
};

const aMonthAfter = (time: number): number => {
  const date = new Date(time);
  const lastOfNext = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 2, 0));
  const day = Math.min(date.getUTCDate(), lastOfNext.getUTCDate());
  return Date.UTC(
    lastOfNext.getUTCFullYear(),
    lastOfNext.getUTCMonth(),
    day,
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    date.getUTCMilliseconds(),
  );
};

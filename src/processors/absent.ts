import { StreamError } from "../stream/errors.ts";

/** @returns what a call to Stream answers, or `absent` when Stream says that what it is about is not there. */
export const orIfGone = async <Value, Absent>(
  call: Promise<Value>,
  absent: Absent,
): Promise<Value | Absent> => {
  try {
    return await call;
  } catch (error) {
    if (error instanceof StreamError && error.code === "not_found") return absent;
    throw error;
  }
};

import got, { type PlainResponse, RequestError } from "got";
import { StreamError } from "./errors.ts";

/** How often a download may break off without having brought anything new. */
const MOST_FRUITLESS = 4;

/**
 * Downloads an export file as it arrives, and goes on where it broke off.
 * The URL is signed: it is asked for afresh each time, carries no credentials of ours, and is never in a message.
 * @param freshUrl asks GetTask for the URL. @throws StreamError when the file cannot be had, or has changed.
 */
export async function* download(
  freshUrl: () => Promise<string>,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  let offset = 0;
  let etag: string | undefined;
  for (let fruitless = 0; ; ) {
    const before = offset;
    try {
      const { response, body } = await open(await freshUrl(), offset, etag, signal);
      etag ??= response.headers.etag;
      for await (const chunk of body) {
        offset += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      if (!(error instanceof RequestError) || signal?.aborted) throw error;
      fruitless = offset > before ? 0 : fruitless + 1;
      if (fruitless >= MOST_FRUITLESS) throw brokenOff(error.code);
    }
  }
}

const open = async (
  url: string,
  offset: number,
  etag: string | undefined,
  signal: AbortSignal | undefined,
): Promise<{ response: PlainResponse; body: AsyncIterable<Buffer> }> => {
  const body = got.stream(url, {
    headers: offset > 0 ? { range: `bytes=${offset}-`, ...(etag && { "if-range": etag }) } : {},
    timeout: { connect: 10_000, response: 60_000, socket: 60_000 },
    retry: { limit: 0 },
    throwHttpErrors: false,
    // A range of a compressed file counts compressed bytes.
    decompress: false,
    ...(signal && { signal }),
  });
  const response = await new Promise<PlainResponse>((resolve, reject) => {
    body.once("response", resolve).once("error", reject);
  });
  const { statusCode: status } = response;
  if (status === (offset > 0 ? 206 : 200)) return { response, body };
  body.destroy();
  if (offset > 0 && status === 200) {
    throw new StreamError("unavailable", "The export file changed while it was downloaded");
  }
  throw new StreamError(
    status === 429 ? "rate_limited" : "unavailable",
    `The export file answered ${status}`,
    { status },
  );
};

const brokenOff = (code: string): StreamError =>
  new StreamError("unavailable", `The download of the export file broke off (${code})`, {
    cause: new Error(code),
  });

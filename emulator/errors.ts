/** A refusal as Stream words it: HTTP status, Stream's own code, text. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;
  readonly code: number;
  readonly unrecoverable: boolean;
  /** Some texts of Stream's stand alone, without `<Operation> failed with error: "…"`. */
  readonly bare: boolean;

  constructor(
    status: number,
    code: number,
    text: string,
    { unrecoverable = false, bare = false }: { unrecoverable?: boolean; bare?: boolean } = {},
  ) {
    super(text);
    this.status = status;
    this.code = code;
    this.unrecoverable = unrecoverable;
    this.bare = bare;
  }
}

export const invalidInput = (text: string) => new ApiError(400, 4, text);
export const notFound = (text: string) => new ApiError(404, 16, text);
export const notAllowed = (text: string) => new ApiError(403, 17, text);
export const unauthorized = (code: number, text: string) => new ApiError(401, code, text);

export const tooManyRequests = () =>
  new ApiError(429, 9, "Too many requests, check response headers for more information.");

/** Stream's error envelope (`APIError`). */
export const errorBody = (error: ApiError, operation: string | undefined, duration: string) => ({
  code: error.code,
  message:
    operation && !error.bare ? `${operation} failed with error: "${error.message}"` : error.message,
  StatusCode: error.status,
  duration,
  more_info: "https://getstream.io/chat/docs/api_errors_response",
  details: [],
  ...(error.unrecoverable && { unrecoverable: true }),
});

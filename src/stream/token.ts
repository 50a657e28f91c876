import { SignJWT } from "jose";

/**
 * The server token as Stream's own SDKs make it: HS256 over `{"server":true}`, without `iat` or `exp`,
 * so a clock that runs ahead cannot break it.
 */
export const serverToken = (apiSecret: string): Promise<string> =>
  new SignJWT({ server: true })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .sign(new TextEncoder().encode(apiSecret));

import { brotliDecompressSync, constants, gunzipSync, inflateSync } from "node:zlib";
import { keyOfDsn } from "../../vendors/sentry/index.ts";

/** An envelope's header is its first line: an id, a DSN and the SDK's name. */
const HEADER_BYTES_MAX = 4 * 1024;
const INFLATED_BYTES_MAX = 1024 * 1024;

/**
 * The key of the DSN in an envelope's header, where SDKs with the option `tunnel` leave it, or null. A body is known by
 * nobody until then, so no more of it is decompressed than the header may have.
 */
export function keyOfEnvelope(body: Buffer, encoding: string | undefined): string | null {
  const start = inflateStart(body.subarray(0, HEADER_BYTES_MAX), encoding?.trim().toLowerCase());
  const end = start?.indexOf("\n") ?? -1;
  if (start === null || end > HEADER_BYTES_MAX) return null;
  try {
    const header: unknown = JSON.parse(start.toString("utf8", 0, end < 0 ? start.length : end));
    return typeof header === "object" && header !== null && "dsn" in header ? keyOfDsn(header.dsn) : null;
  } catch {
    return null;
  }
}

/** What the first compressed bytes hold; null where they are not what the encoding says, or hold far more than a header. */
function inflateStart(bytes: Buffer, encoding: string | undefined): Buffer | null {
  const zlib = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: INFLATED_BYTES_MAX };
  try {
    switch (encoding) {
      case undefined:
      case "":
      case "identity":
        return bytes;
      case "gzip":
      case "x-gzip":
        return gunzipSync(bytes, zlib);
      case "deflate":
        return inflateSync(bytes, zlib);
      case "br":
        return brotliDecompressSync(bytes, {
          finishFlush: constants.BROTLI_OPERATION_FLUSH,
          maxOutputLength: INFLATED_BYTES_MAX,
        });
      default:
        return null;
    }
  } catch {
    return null;
  }
}

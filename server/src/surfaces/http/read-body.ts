import { promisify } from "node:util";
import { brotliDecompress, brotliDecompressSync, gunzip, gunzipSync, inflate, inflateSync } from "node:zlib";
import { CulpritError } from "../../platform/errors/culprit-error.ts";

/** Below this a thread costs more than the work. */
const SYNC_BYTES_MAX = 32 * 1024;

/** The default of node:zlib. */
const CHUNK_BYTES = 16 * 1024;

const codecs = {
  gzip: { sync: gunzipSync, async: promisify(gunzip) },
  deflate: { sync: inflateSync, async: promisify(inflate) },
  br: { sync: brotliDecompressSync, async: promisify(brotliDecompress) },
};

/**
 * The body as it was before compression. `bytesMax` bounds the result: a bomb stops there and nothing larger is ever
 * in memory.
 * @throws CulpritError UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE or MALFORMED_BODY.
 */
export async function inflateBody(body: Buffer, encoding: string | undefined, bytesMax: number): Promise<Buffer> {
  const name = (encoding ?? "identity").trim().toLowerCase();
  if (name === "identity" || name === "") return body;
  const codec = name === "x-gzip" ? codecs.gzip : name in codecs ? codecs[name as keyof typeof codecs] : undefined;
  if (codec === undefined) {
    throw new CulpritError(
      "UNSUPPORTED_MEDIA_TYPE",
      `Content-Encoding ${JSON.stringify(name.slice(0, 40))} is not known. Use gzip, deflate, br or none.`,
      {
        details: { field: "Content-Encoding", provided: name.slice(0, 40) },
      },
    );
  }
  try {
    const options = { maxOutputLength: bytesMax, chunkSize: chunkSizeOf(body, codec) };
    return body.length <= SYNC_BYTES_MAX ? codec.sync(body, options) : await codec.async(body, options);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      throw new CulpritError(
        "PAYLOAD_TOO_LARGE",
        `The body is more than ${bytesMax} bytes after decompression. Send less in one request.`,
        { cause },
      );
    }
    throw new CulpritError("MALFORMED_BODY", `The body is not valid ${name}: ${(cause as Error).message}.`, { cause });
  }
}

/**
 * The first buffer of the result. gzip says at its end how long the result is (modulo 2^32, and a sender may lie): one
 * buffer of that size, within bounds, spares 16 KB for each small event.
 */
function chunkSizeOf(body: Buffer, codec: unknown): number {
  if (codec !== codecs.gzip || body.length < 18) return CHUNK_BYTES;
  return Math.min(Math.max(body.readUInt32LE(body.length - 4) + 1, 1024), 4 * CHUNK_BYTES);
}

/** Parses JSON. @throws CulpritError MALFORMED_BODY that says where it breaks. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (cause) {
    throw new CulpritError("MALFORMED_BODY", `The body is not valid JSON: ${(cause as Error).message}`, { cause });
  }
}

import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { decodeWriteRequest1, decodeWriteRequest2 } from "./decode-write-request.ts";
import type { SeriesMemory } from "./series-memory.ts";
import { type KnownMetadata, seriesToSamples, type WrittenSamples } from "./series-to-samples.ts";
import { uncompressSnappy } from "./uncompress-snappy.ts";

export type RemoteWrite = WrittenSamples;
export type RemoteWriteVersion = 1 | 2;

/**
 * The version of remote-write that the headers of a request announce.
 * @throws CulpritError UNSUPPORTED_MEDIA_TYPE for another message or compression, by which a sender of 2.0 knows that it may fall back.
 */
export function remoteWriteVersion(contentType: string | undefined, encoding: string | undefined): RemoteWriteVersion {
  const [type = "", ...parameters] = (contentType ?? "application/x-protobuf").split(";").map((part) => part.trim());
  const proto = parameters.find((parameter) => parameter.startsWith("proto="))?.slice("proto=".length);
  const isKnown = type.toLowerCase() === "application/x-protobuf";
  if (encoding !== undefined && encoding.trim().toLowerCase() !== "snappy")
    throw unsupported(`Content-Encoding ${JSON.stringify(encoding.slice(0, 40))}`);
  if (isKnown && (proto === undefined || proto === "prometheus.WriteRequest")) return 1;
  if (isKnown && proto === "io.prometheus.write.v2.Request") return 2;
  throw unsupported(JSON.stringify((contentType ?? "").slice(0, 100)));
}

/**
 * The samples of a body of `POST /api/v1/write`.
 * @throws CulpritError MALFORMED_BODY, PAYLOAD_TOO_LARGE or INVALID_REQUEST.
 */
export function readRemoteWrite(
  body: unknown,
  version: RemoteWriteVersion,
  ctx: {
    readonly fallbackService: string;
    readonly known: KnownMetadata;
    readonly memory: SeriesMemory;
    readonly inflatedBytesMax: number;
    readonly within: { readonly fromMs: number; readonly toMs: number };
  },
): RemoteWrite {
  if (!(body instanceof Uint8Array)) throw new CulpritError("MALFORMED_BODY", "The request has no body.");
  const bytes = uncompressSnappy(body, ctx.inflatedBytesMax);
  const decode = version === 1 ? decodeWriteRequest1 : decodeWriteRequest2;
  return seriesToSamples(decode(bytes, ctx.memory), ctx);
}

function unsupported(what: string): CulpritError {
  return new CulpritError(
    "UNSUPPORTED_MEDIA_TYPE",
    `Remote-write comes as application/x-protobuf in snappy, prometheus.WriteRequest or io.prometheus.write.v2.Request; this is ${what}.`,
    { details: { field: "content-type" } },
  );
}

import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { encodingOf } from "./otlp-reply.ts";

const fieldOf = { traces: "resourceSpans", logs: "resourceLogs", metrics: "resourceMetrics" } as const;
export type OtlpSignal = keyof typeof fieldOf;

const BYTES_LOOKED_AT = 4096;

/**
 * Refuses a body in which nothing of `wanted` was found because it is another signal's: else an exporter at the wrong door is told for
 * ever that all is well. Only JSON is looked at: in protobuf, what is another signal's can't be decoded.
 * @throws CulpritError MALFORMED_BODY that names the right door.
 */
export function refuseOtherSignal(body: Uint8Array, contentType: string, wanted: OtlpSignal): void {
  if (encodingOf(contentType) !== "json") return;
  const head = Buffer.from(body.subarray(0, BYTES_LOOKED_AT)).toString("utf8");
  const found = (Object.keys(fieldOf) as OtlpSignal[]).find(
    (signal) => signal !== wanted && new RegExp(`"(${fieldOf[signal]}|${snake(fieldOf[signal])})"\\s*:`).test(head),
  );
  if (found === undefined) return;
  throw new CulpritError(
    "MALFORMED_BODY",
    `This is an export of ${found} (${fieldOf[found]}), and this address takes ${wanted}. Send it to /v1/${found}; nothing of it was stored.`,
  );
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

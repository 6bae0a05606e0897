import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { envelopeLimits } from "./envelope-limits.ts";

/** One item of an envelope: its header and its undecoded bytes, a view into the body. */
export interface EnvelopeItem {
  readonly type: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Uint8Array;
}

export interface Envelope {
  readonly header: Readonly<Record<string, unknown>>;
  readonly items: readonly EnvelopeItem[];
}

const newline = 10;
const decoder = new TextDecoder("utf-8");

/**
 * Takes a Sentry envelope apart: a header line, then items of a header line and a payload, which is as long as the item's
 * `length` says or ends with the line. See https://develop.sentry.dev/sdk/data-model/envelopes/.
 * @throws CulpritError MALFORMED_BODY that names the header or item.
 */
export function parseEnvelope(body: Uint8Array): Envelope {
  const first = lineEnd(body, 0);
  const header = parseHeader(body, 0, first, "envelope.header");
  const items: EnvelopeItem[] = [];
  let at = first + 1;
  while (at < body.length) {
    if (body[at] === newline) {
      at += 1;
      continue;
    }
    const field = `envelope.items[${items.length}]`;
    if (items.length >= envelopeLimits.items)
      throw malformed(field, `there are more than ${envelopeLimits.items} items`);
    const headerEnd = lineEnd(body, at);
    const itemHeader = parseHeader(body, at, headerEnd, `${field}.header`);
    const type = itemHeader.type;
    if (typeof type !== "string" || type === "" || type.length > 64) {
      throw malformed(`${field}.header.type`, "it must be a text of 1 to 64 characters");
    }
    const start = Math.min(headerEnd + 1, body.length);
    const end = payloadEnd(body, start, itemHeader.length, field);
    items.push({ type, header: itemHeader, payload: body.subarray(start, end) });
    at = end + 1;
  }
  return { header, items };
}

function payloadEnd(body: Uint8Array, start: number, length: unknown, field: string): number {
  if (length === undefined || length === null) return lineEnd(body, start);
  if (typeof length !== "number" || !Number.isSafeInteger(length) || length < 0) {
    throw malformed(`${field}.header.length`, "it must be a whole number of bytes");
  }
  const end = start + length;
  // A cut last item (often a screenshot or a replay) must not cost the event before it; a cut event is no JSON and is refused.
  if (end > body.length) return body.length;
  if (end < body.length && body[end] !== newline) {
    throw malformed(`${field}.header.length`, `the payload does not end with a line break after ${length} bytes`);
  }
  return end;
}

function lineEnd(body: Uint8Array, from: number): number {
  const found = body.indexOf(newline, from);
  return found === -1 ? body.length : found;
}

function parseHeader(body: Uint8Array, start: number, end: number, field: string): Readonly<Record<string, unknown>> {
  if (end - start > envelopeLimits.headerBytes)
    throw malformed(field, `it is longer than ${envelopeLimits.headerBytes} bytes`);
  return parseJsonObject(body.subarray(start, end), field);
}

/**
 * The JSON object that bytes hold.
 * @throws CulpritError MALFORMED_BODY with the field's name when it is no JSON or no object.
 */
export function parseJsonObject(bytes: Uint8Array, field: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw new CulpritError("MALFORMED_BODY", `${field} is not valid JSON.`, { details: { field }, cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw malformed(field, "it must be a JSON object");
  return value as Readonly<Record<string, unknown>>;
}

function malformed(field: string, why: string): CulpritError {
  return new CulpritError("MALFORMED_BODY", `${field} can't be read: ${why}.`, { details: { field } });
}

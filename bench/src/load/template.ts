import { randomFillSync } from "node:crypto";
import { crc32, deflateRawSync } from "node:zlib";
import { EVENT_ID, TRACE_ID } from "./events.ts";

/**
 * A request that was made beforehand; `fill` gives it its own ids for a few microseconds. The body is a gzip file of one
 * stored block, which holds the ids, followed by the deflated rest: new ids cost a copy and a checksum, no compression.
 */
export interface Template {
  readonly bytes: Buffer;
  /** What the ids are patched in: offset and length within `bytes`. */
  readonly varying: { readonly at: number; readonly length: number };
  readonly eventIdsAt: readonly number[];
  readonly traceIdsAt: readonly number[];
  /** The deflated part before it was deflated, for the checksum. */
  readonly rest: Buffer;
  /** Sizes of the body as sent, and decompressed. */
  readonly wireBytes: number;
  readonly jsonBytes: number;
}

/** Where a request goes: its first line and headers, without those that tell of the body. */
export interface Target {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

export function makeTemplate(target: Target, body: { readonly varying: string; readonly rest: string }): Template {
  const [varying, rest] = [Buffer.from(body.varying), Buffer.from(body.rest)];
  const stored = Buffer.alloc(5);
  stored.writeUInt16LE(varying.length, 1);
  stored.writeUInt16LE(~varying.length & 0xffff, 3);
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(varying.length + rest.length, 4);
  const gzip = Buffer.concat([GZIP_HEADER, stored, varying, deflateRawSync(rest, { level: 6 }), tail]);
  const headers = { host: "127.0.0.1", "content-encoding": "gzip", ...target.headers, "content-length": gzip.length };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = Buffer.from(`POST ${target.path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  const at = head.length + GZIP_HEADER.length + stored.length;
  return {
    bytes: Buffer.concat([head, gzip]),
    varying: { at, length: varying.length },
    eventIdsAt: offsetsOf(varying, EVENT_ID).map((offset) => at + offset),
    traceIdsAt: offsetsOf(varying, TRACE_ID).map((offset) => at + offset),
    rest,
    wireBytes: gzip.length,
    jsonBytes: varying.length + rest.length,
  };
}

/** The request with this event id (32 hex digits) and a trace id of its own. */
export function fill(template: Template, eventId: string): Buffer {
  const bytes = Buffer.allocUnsafe(template.bytes.length);
  template.bytes.copy(bytes);
  for (const at of template.eventIdsAt) bytes.write(eventId, at, "latin1");
  for (const at of template.traceIdsAt) bytes.write(eventId.slice(16) + eventId.slice(0, 16), at, "latin1");
  const { at, length } = template.varying;
  bytes.writeUInt32LE(crc32(template.rest, crc32(bytes.subarray(at, at + length))), bytes.length - 8);
  return bytes;
}

const random = Buffer.alloc(64 * 1024);
let used = random.length;

/** 32 random hex digits, as the SDKs make them: not in order, so that no index is spared. */
export function newEventId(): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  used += 16;
  return random.toString("hex", used - 16, used);
}

function offsetsOf(bytes: Buffer, text: string): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + text.length)) found.push(at);
  return found;
}

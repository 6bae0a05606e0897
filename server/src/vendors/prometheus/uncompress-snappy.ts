import { CulpritError } from "../../platform/errors/culprit-error.ts";

/**
 * A snappy block as it was before compression (https://github.com/google/snappy/blob/main/format_description.txt). It says at its beginning how long that is,
 * so a bomb is refused before anything is written, and every length is checked before it is used: snappyjs 0.7, which reads most blocks as well, loops for
 * ever over a literal of 2^31 bytes.
 * @throws CulpritError MALFORMED_BODY, PAYLOAD_TOO_LARGE.
 */
export function uncompressSnappy(body: Uint8Array, bytesMax: number): Uint8Array {
  const { length, at } = readLength(body);
  if (length > bytesMax)
    throw new CulpritError(
      "PAYLOAD_TOO_LARGE",
      `The body is more than ${bytesMax} bytes after decompression. Send less in one request (max_samples_per_send).`,
    );
  const out = new Uint8Array(length);
  let [from, to] = [at, 0];
  while (from < body.length) {
    const tag = body[from] ?? 0;
    from += 1;
    if ((tag & 3) === 0) {
      const extra = Math.max(0, (tag >>> 2) - 59);
      const size = (extra === 0 ? tag >>> 2 : littleEndian(body, from, extra)) + 1;
      from += extra;
      if (from + size > body.length || to + size > length) throw malformed();
      if (size <= 16) for (let index = 0; index < size; index += 1) out[to + index] = body[from + index] ?? 0;
      else out.set(body.subarray(from, from + size), to);
      from += size;
      to += size;
      continue;
    }
    const wide = (tag & 3) === 1 ? 1 : (tag & 3) === 2 ? 2 : 4;
    const size = wide === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    const offset = littleEndian(body, from, wide) + (wide === 1 ? (tag >>> 5) * 256 : 0);
    from += wide;
    if (offset === 0 || offset > to || to + size > length) throw malformed();
    // What is copied may be written by the same copy, so byte by byte.
    for (let index = 0; index < size; index += 1) out[to + index] = out[to + index - offset] ?? 0;
    to += size;
  }
  if (to !== length) throw malformed();
  return out;
}

function readLength(body: Uint8Array): { length: number; at: number } {
  let [length, factor] = [0, 1];
  for (let at = 0; at < Math.min(5, body.length); at += 1) {
    const byte = body[at] ?? 0;
    length += (byte & 0x7f) * factor;
    if (byte < 0x80) return { length, at: at + 1 };
    factor *= 128;
  }
  throw malformed();
}

function littleEndian(body: Uint8Array, at: number, bytes: number): number {
  if (at + bytes > body.length) throw malformed();
  let [value, factor] = [0, 1];
  for (let index = 0; index < bytes; index += 1) {
    value += (body[at + index] ?? 0) * factor;
    factor *= 256;
  }
  return value;
}

function malformed(): CulpritError {
  return new CulpritError("MALFORMED_BODY", "The body is not a snappy block.", { details: { field: "body" } });
}

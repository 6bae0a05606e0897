/**
 * Where a trace lies between 0 and 1, the same in every process and for every span of it: a hash (FNV-1a, 32 bits, then MurmurHash3's finalizer) of its id.
 * OpenTelemetry's consistent sampling uses the id's low 56 bits as they are; some tracers number them, so they are hashed first.
 */
export function traceShare(traceId: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < traceId.length; index += 1) {
    hash ^= traceId.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return (hash >>> 0) / 4_294_967_296;
}

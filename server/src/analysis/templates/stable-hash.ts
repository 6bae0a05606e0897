/**
 * Sixteen hex digits of a text: two runs of 32-bit FNV-1a with different starts, each mixed at the end as MurmurHash3 does. Not for secrets: it
 * names things, the same on every machine and in every version.
 */
export function stableHash(text: string): string {
  return half(text, 0x811c9dc5) + half(text, 0x9747b28c);
}

function half(text: string, start: number): string {
  let hash = start;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return (hash >>> 0).toString(16).padStart(8, "0");
}

import { hash } from "node:crypto";

/** A UUID (of version 4's form) that is the same for the same key: what a vendor takes as the id of what it makes. */
export function uuidOfKey(key: string): string {
  const hex = hash("sha256", key);
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A short word that stands for a key, of lower-case letters and digits, for labels and tags. */
export function wordOfKey(key: string): string {
  return hash("sha256", key).slice(0, 24);
}

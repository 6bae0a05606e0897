/** A JSON object from a sender: every field may be missing or of another kind than documented. */
export type Fields = Readonly<Record<string, unknown>>;

const none: Fields = {};

/** The object, or an empty one. */
export function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : none;
}

/** The list, also from Sentry's `{"values": […]}`; or an empty one. */
export function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const { values } = fields(value);
  return Array.isArray(values) ? values : [];
}

/** The text, trimmed of nothing, or null when it is none or empty. Numbers and flags become their text. */
export function text(value: unknown): string | null {
  if (typeof value === "string") return value === "" ? null : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

/** A whole number from 1 up (also as text, as old SDKs send it), or null. */
export function positive(value: unknown): number | null {
  const number = typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number > 0 && number < 2 ** 31 ? number : null;
}

/** Lower-case hex digits of exactly this length, dashes taken out, not all zero; or null. */
export function hexId(value: unknown, length: number): string | null {
  if (typeof value !== "string" || value.length > 2 * length) return null;
  const digits = value.replaceAll("-", "").toLowerCase();
  return digits.length === length && /^[0-9a-f]+$/.test(digits) && !/^0+$/.test(digits) ? digits : null;
}

/**
 * Source of the functions that a probe carries into the sandbox: `record(value)` gives a value as `Recorded` data,
 * `recordError(error)` what was thrown. Plain JavaScript that any runner takes. An instant within an hour of now is
 * opaque: two recordings may agree on it by chance, and the test would not.
 */
export const recorderSource = `
function isAboutNow(value) {
  if (typeof value === "number") return [value, value * 1000].some((ms) => Math.abs(ms - Date.now()) < 3600000);
  return /^\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d/.test(value) && isAboutNow(Date.parse(value));
}
function record(value, depth = 0, seen = []) {
  if ((typeof value === "number" || typeof value === "string") && isAboutNow(value)) return { t: "opaque" };
  if (value instanceof Date && isAboutNow(value.getTime())) return { t: "opaque" };
  if (value === undefined) return { t: "undefined" };
  if (value === null || typeof value === "string" || typeof value === "boolean") return { t: "json", v: value };
  if (typeof value === "number") {
    if (Number.isFinite(value) && !Object.is(value, -0)) return { t: "json", v: value };
    return { t: "number", v: Object.is(value, -0) ? "-0" : String(value) };
  }
  if (typeof value === "bigint") return { t: "bigint", v: String(value) };
  if (typeof value !== "object" || depth > 8 || seen.includes(value)) return { t: "opaque" };
  const inner = [...seen, value];
  const next = (item) => record(item, depth + 1, inner);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? { t: "opaque" } : { t: "date", v: value.getTime() };
  if (Array.isArray(value)) return value.length > 500 ? { t: "opaque" } : { t: "array", v: Array.from(value, next) };
  if (value instanceof Map) return { t: "map", v: [...value].slice(0, 500).map(([key, item]) => [next(key), next(item)]) };
  if (value instanceof Set) return { t: "set", v: [...value].slice(0, 500).map(next) };
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return { t: "opaque" };
  const entries = Object.entries(value);
  return entries.length > 500 ? { t: "opaque" } : { t: "object", v: entries.map(([key, item]) => [key, next(item)]) };
}
function recordError(error) {
  const isError = typeof error === "object" && error !== null && "message" in error;
  return {
    name: isError ? String(error.name) : typeof error,
    message: String(isError ? error.message : error).slice(0, 2000),
    stack: isError ? String(error.stack).slice(0, 4000) : "",
  };
}`;

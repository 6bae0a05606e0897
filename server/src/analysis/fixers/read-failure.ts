/** What an engine's message says went wrong, for the failures that the rules know. */
export type Failure =
  | { readonly kind: "nullish_read"; readonly property: string; readonly value: "undefined" | "null" }
  | { readonly kind: "nullish_destructure"; readonly property: string | null }
  | { readonly kind: "not_a_function"; readonly callee: string }
  | { readonly kind: "not_iterable"; readonly expression: string }
  | { readonly kind: "not_defined"; readonly name: string };

/**
 * Reads a JavaScript error message (V8's wording, and what other engines say for the same failure); null for any
 * other error.
 */
export function readFailure(type: string | null, message: string): Failure | null {
  const read = /Cannot read propert(?:y|ies) of (undefined|null) \(reading '([^']*)'\)/.exec(message);
  if (read?.[2] !== undefined)
    return { kind: "nullish_read", property: read[2], value: read[1] === "null" ? "null" : "undefined" };
  const old = /Cannot read property '([^']*)' of (undefined|null)/.exec(message);
  if (old?.[1] !== undefined)
    return { kind: "nullish_read", property: old[1], value: old[2] === "null" ? "null" : "undefined" };
  const destructure = /Cannot destructure (?:property '([^']*)' of )?.* as it is (?:undefined|null)/.exec(message);
  if (destructure !== null) return { kind: "nullish_destructure", property: destructure[1] ?? null };
  const call = /^(?:\(intermediate value\)\.?)?(.*?) is not a (?:function|constructor)/.exec(message);
  if (call?.[1] !== undefined) return { kind: "not_a_function", callee: call[1] };
  const iterable = /^(.*?) is not iterable/.exec(message);
  if (iterable?.[1] !== undefined) return { kind: "not_iterable", expression: iterable[1] };
  const missing = /^(\S+) is not defined/.exec(message);
  if (missing?.[1] !== undefined && type !== "SyntaxError") return { kind: "not_defined", name: missing[1] };
  return null;
}

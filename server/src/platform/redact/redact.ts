/** A secret shorter than this would strike out half of every text. */
const SECRET_CHARS_MIN = 4;
const MARK = "***";

/** A function that strikes the given secrets out of a JSON value, in keys too, whatever escaping they have there. */
export function redactor(secrets: readonly string[]): <T>(value: T) => T {
  const known = [...new Set(secrets.filter((secret) => secret.length >= SECRET_CHARS_MIN))].sort(
    (a, b) => b.length - a.length,
  );
  if (known.length === 0) return (value) => value;
  const strike = (text: string) => known.reduce((left, secret) => left.replaceAll(secret, MARK), text);
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") return strike(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [strike(key), walk(item)]));
    return value;
  };
  return <T>(value: T) => walk(value) as T;
}

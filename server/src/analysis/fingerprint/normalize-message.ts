/** Characters of a message that are read, and that remain. Later words seldom tell failures apart. */
const readChars = 1_024;
const keptChars = 512;

/**
 * What varies between two occurrences of one failure, each alternative bounded so that the time stays linear.
 * The order matters: an address is tried before the number it begins with.
 */
const variable = new RegExp(
  [
    String.raw`(?<url>\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>\x60]{1,1000})`,
    String.raw`(?<email>(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})`,
    String.raw`(?<uuid>\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)`,
    String.raw`(?<date>\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?\b|\b\d{1,2}[/.]\d{1,2}[/.]\d{4}\b|\b\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\b)`,
    String.raw`(?<ip>\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?::\d{1,5})?(?:/\d{1,2})?\b|(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,4}(?![\w:]))`,
    String.raw`(?<str>(?<!\w)(?:"[^"\n]{0,400}"|'[^'\n]{0,400}'(?!\w)|\x60[^\x60\n]{0,400}\x60))`,
    String.raw`(?<path>(?<![\w./<])(?:[A-Za-z]:[\\/]|~?\/|\.{1,2}\/)[\w.@%+~-]{1,255}(?:[\\/][\w.@%+~-]{0,255}){0,60}|(?<![\w./])[\w.-]{1,100}(?:\/[\w.@-]{1,100}){1,30}\.[a-z]{1,5}\b)`,
    String.raw`(?<hex>\b0x[0-9a-f]{1,64}\b|(?<=\w@)[0-9a-f]{4,16}\b|\b(?=[a-f]{0,63}\d)(?=\d{0,63}[a-f])[0-9a-f]{8,128}\b)`,
    String.raw`(?<id>\b(?=[a-z_-]{0,40}\d)[a-z0-9_-]{16,128}\b)`,
    String.raw`(?<duration>\b\d{1,15}(?:\.\d{1,9})? ?(?:ns|µs|us|ms|s|sec|secs|seconds?|milliseconds?|min|mins|minutes?|m|h|hrs?|hours?|days?|d)\b(?: ?\d{1,9}(?:ms|s|m|h)\b){0,3})`,
    String.raw`(?<num>(?<![A-Za-z\d])[+-]?\d{1,400}(?:[.,_]\d{1,40}){0,10}(?:e[+-]?\d{1,4}\b)?%?)`,
  ].join("|"),
  "gi",
);

const placeholders = ["url", "email", "uuid", "date", "ip", "str", "path", "hex", "id", "duration", "num"] as const;

/**
 * A message with everything that varies replaced by its kind (`<num>`, `<uuid>`, `<path>` …) and white space folded,
 * at most 512 characters. Two occurrences of one failure give the same text.
 */
export function normalizeMessage(message: string): string {
  const text = message.length > readChars ? message.slice(0, readChars) : message;
  const replaced = /[\d"'`/\\@:]/.test(text) ? text.replace(variable, placeholderOf) : text;
  return replaced.replace(/\s+/g, " ").trim().slice(0, keptChars);
}

function placeholderOf(...match: unknown[]): string {
  for (let index = 0; index < placeholders.length; index += 1) {
    if (match[index + 1] !== undefined) return `<${placeholders[index]}>`;
  }
  return "<any>";
}

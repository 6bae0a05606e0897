/** Stands for a value in a masked line; no line has it, because control characters are taken out first. */
export const value = "\u0001";

/** A line as words and punctuation, with each value replaced, and where a space stood before. */
export interface MaskedLine {
  readonly tokens: readonly string[];
  readonly spaced: readonly boolean[];
  /** Whether it is longer than what is looked at, so that its end tells nothing. */
  readonly isCut: boolean;
}

/** As far as a line is looked at. */
export const charactersMax = 4_000;
export const tokensMax = 200;

const month = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*";
const clock = "\\d{1,2}:\\d{2}:\\d{2}(?:[.,]\\d+)?";
const unit =
  "(?:ns|nsec|us|µs|usec|msec|millis(?:econds?)?|ms|secs?|seconds?|s|mins?|minutes?|m|hrs?|hours?|h|days?|d|weeks?|bytes?|[kKMGTPE]i?[bB](?:ytes?)?|[kKMGTP]?bps|B|%|[kKMG]?Hz)";
const quantity = `[-+]?\\d+(?:[.,]\\d+)*`;
const topLevel = "(?:com|net|org|edu|gov|mil|info|biz|io|dev|app|cloud|local|localdomain|internal|lan|svc|arpa)";

/*
 * What a value looks like, the more telling shapes first. Each stands alone: no letter, digit or underscore before it.
 */
const shapes = [
  "[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\\s\"'<>,;)\\]}]+",
  `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? (?:${month} +\\d{1,2}|\\d{1,2} ${month}),?(?: \\d{4})?,? ${clock}(?: [A-Z]{3,5}\\b| [+-]\\d{4})?(?: \\d{4})?`,
  `${month} +\\d{1,2}(?:,? \\d{4})?(?: ${clock})?(?![\\w.])`,
  `\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}(?:(?:[T _,-]|, )\\d{1,2}[:.]\\d{2}(?:[:.]\\d{2})?(?:[.,:]\\d+)?(?: ?Z\\b| ?[+-]\\d{2}:?\\d{2})?)?(?!\\w)`,
  "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
  "[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+",
  "(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}(?!\\w)",
  "/?\\d{1,3}(?:\\.\\d{1,3}){3}(?:[:/#]\\d+)*(?![\\w.]*[A-Za-z])",
  "(?:[0-9a-fA-F]{0,4}:){3,7}[0-9a-fA-F]{1,4}(?!\\w)",
  `[A-Za-z0-9][\\w-]*(?:\\.[\\w-]+)+:\\d+(?!\\w)`,
  `[a-z0-9][a-z0-9_-]*(?:(?:\\.[a-z0-9_-]+)*\\.${topLevel}|(?:\\.[a-z0-9_-]+)+\\.[a-z]{2})(?![\\w.(=-]*\\w)`,
  "[A-Za-z]:\\\\[^\\s\"'<>|,;)]*",
  `~?/[^\\s"'<>,;:()[\\]{}=|]+(?::\\d+)*`,
  "\\w[\\w.@-]*(?:/[\\w.@%+~$-]+){2,}/?",
  "\\w[\\w-]*/[\\w-]+\\.[A-Za-z]\\w*",
  `\\d{1,4}:\\d{2}(?::\\d{2})?(?:[.,]\\d+)?(?: ?[AaPp][Mm]\\b)?(?![\\w:])`,
  `<?${quantity} ?${unit}(?![\\w/])(?: \\(${quantity} ?${unit}\\))?`,
].join("|");
const before = "(?<![A-Za-z0-9_]|[A-Za-z0-9_][.-])";
const shaped = new RegExp(`${before}(?:${shapes})`, "g");
/** A run with a digit in it, unless the digit stands inside a name, as in `jk2_init`. */
const numbered = /[A-Za-z0-9_$.#@%+*~&-]*\d[A-Za-z0-9_$.#@%+*~&-]*/g;
const nameWithDigit = /^(?=.*[g-zG-Z])[A-Za-z][A-Za-z_]*\d{1,2}[A-Za-z_.-]*[A-Za-z]{2,}$/;
const jsonText = /(?<="\s?:\s?)"(?:[^"\\]|\\.)*"/g;
const wordList = /\[\s*[\w.-]+(?:\s*,\s*[\w.-]+)+\s*\]/g;
/** `name=word` between others of its kind, as objects are printed; what says that there is none, and states, stay. */
const fieldWord =
  /(?<=[(,{]\s?\w{1,40}=)(?!(?:null|nil|none|undefined|true|false)\b)(?=\w*[a-z])[A-Za-z][\w-]*(?=,|(?<=,[^,]*)[)}])/gi;
const emptyBrackets = /(?<=[\s=:,])(?:\(\)|\[\]|\{\}|"")/g;
const emptyValue = /(?<=\w)=(?=[\s,;)\]]|$)/g;
const stars = /(?<=\s)\*{3,}(?=\s)/g;
const run = new RegExp(`${value}(?:[\\s,:./|+*_#@~-]*${value})+`, "g");
const token = /[^\s=:,;()[\]{}"'|<>!?]+|[=:,;()[\]{}"'|<>!?]/g;
const maskable = /[\d/\\@="[({*]|\.[a-z]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
const control = /\u001b\[[0-9;]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f\u007f]/g;

/**
 * Replaces what is a value by its shape alone (times, addresses, paths, ids, numbers with their unit, JSON values, lists) and splits the
 * rest into words and punctuation. Values in a row count as one, so that lists of any length give one form; a phrase that repeats at
 * once, as the items of a printed collection do, is kept twice. Lines are looked at up to 4,000 characters and 200 tokens.
 */
export function maskLine(text: string): MaskedLine {
  let masked = (text.length > charactersMax ? text.slice(0, charactersMax) : text).replace(control, " ");
  if (maskable.test(masked)) {
    if (masked.includes('"')) masked = masked.replace(jsonText, value);
    masked = masked
      .replace(shaped, maskShape)
      .replace(numbered, maskNumbered)
      .replace(wordList, `[${value}]`)
      .replace(fieldWord, value)
      .replace(emptyBrackets, (pair) => `${pair[0]}${value}${pair[1]}`)
      .replace(emptyValue, `=${value}`)
      .replace(stars, value)
      .replace(run, value);
  }
  const tokens: string[] = [];
  const spaced: boolean[] = [];
  let end = 0;
  let isCut = text.length > charactersMax;
  for (const match of masked.matchAll(token)) {
    if (tokens.length >= tokensMax) {
      tokens[tokensMax - 1] = value;
      isCut = true;
      break;
    }
    const word = trimDots(match[0]);
    tokens.push(word);
    spaced.push(match.index > end);
    end = match.index + match[0].length;
  }
  foldRepeats(tokens, spaced);
  return { tokens, spaced, isCut };
}

function maskShape(found: string): string {
  // A full stop ends the sentence, not the path.
  const tail = /[.:]+$/.exec(found)?.[0] ?? "";
  return found.length === tail.length ? found : value + tail;
}

function maskNumbered(found: string): string {
  if (nameWithDigit.test(found)) return found;
  const tail = /[.&-]+$/.exec(found)?.[0] ?? "";
  return value + tail;
}

function trimDots(word: string): string {
  if (!word.endsWith(".")) return word;
  const cut = word.replace(/\.+$/, "");
  return cut === "" ? word : cut;
}

const periodMax = 40;

/** `, x = v` again and again is kept twice at most. */
function foldRepeats(tokens: string[], spaced: boolean[]): void {
  if (tokens.length < 8) return;
  for (let at = 0; at < tokens.length; at++) {
    for (let period = 2; period <= periodMax && at + 2 * period <= tokens.length; period++) {
      let repeats = 1;
      while (isSame(tokens, at, at + repeats * period, period)) repeats++;
      if (repeats < 2 || !tokens.slice(at, at + period).includes(value)) continue;
      tokens.splice(at + period, (repeats - 1) * period);
      spaced.splice(at + period, (repeats - 1) * period);
    }
  }
}

function isSame(tokens: readonly string[], a: number, b: number, length: number): boolean {
  if (b + length > tokens.length) return false;
  for (let at = 0; at < length; at++) if (tokens[a + at] !== tokens[b + at]) return false;
  return true;
}

import type { LogSeverity } from "@culprit/contract";

/** A line without what its logger put before the message, and the level that stood there. */
export interface StrippedLine {
  readonly text: string;
  readonly severity: LogSeverity | null;
}

const month = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const clock = "\\d{1,2}:\\d{2}(?::\\d{2})?(?:[.,:]\\d{1,9})?";
const zone = "(?: ?Z| ?[+-]\\d{2}:?\\d{2}| UTC| GMT)?";
const stamps = [
  `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? ${month}[a-z]* +\\d{1,2} ${clock}(?: \\d{4})?`,
  `\\d{1,2}/${month}/\\d{4}:${clock}${zone}`,
  `${month}[a-z]* +\\d{1,2}(?:,? \\d{4})? ${clock}`,
  `\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}(?:[T _-]${clock}|-\\d{2}\\.\\d{2}\\.\\d{2}\\.\\d+)?${zone}`,
  `\\d{8}[-T ]\\d{1,2}:\\d{1,2}:\\d{1,2}(?:[:.,]\\d{1,3})?`,
  `\\d{2}[/.-]\\d{2}(?:[/.-]\\d{2,4})? ${clock}`,
  "\\d{6} \\d{6}",
  "\\d{10}(?:\\d{3})?(?:\\.\\d+)?",
  `\\d{1,2}:\\d{2}:\\d{2}(?:[.,]\\d{1,9})?`,
  "[IWEF]\\d{4} \\d{2}:\\d{2}:\\d{2}\\.\\d+",
];
const levels =
  "TRACE|DEBUG|INFO|INFORMATION|NOTICE|WARN|WARNING|ERROR|ERR|CRIT|CRITICAL|ALERT|EMERG|FATAL|SEVERE|FAILURE|PANIC";
/** A time, alone or in brackets, after at most one short mark; what separates it from the rest goes with it. */
const leadingStamp = new RegExp(
  `^\\s*(?:[-*]\\s+|[A-Z]{3,16}\\s+(?=\\d{10}\\b))?\\[?(?:${stamps.join("|")})\\]?(?=[\\s,|\\]:-]|$)[\\s,|:-]*`,
);
const levelWord = new RegExp(`^[[(<]?(${levels})[\\])>]?(?=[\\s:|,-]|$)[\\s:|,-]*`, "i");
const letterLevel = /^([VDIWEF])[\s/](?=\S+:\s)\s*/;
const number = /^(?:(?:#?\d+|\d+[-/]\d+)(?=[\s|])[\s|]+|\d+#\d+:\s+|-{2,}\s+)/;
const bracketed = /^\[(?:[^[\]]|\[[^[\]]*\]){0,200}\](?:[\s:|-]+|$)/;
const logger = /^[\w.$/#@-]+(?:\([\w:-]*\))?(?:\[[\w-]+\])?(?:#\d+)?(?:\s{2,})?:\s+/;
const dottedLogger = /^[A-Za-z][\w$]*(?:\.[\w$]+)+(?:#\d+|:\d+)?(?=\s+)\s+(?:-\s+)?/;
const sourcePlace = /^[\w./-]+:\d+\]\s+/;
const program = /^[\w.-]+(?: \*\d+)? - /;
const column = /^[\w.-]{1,40}(?:\||(?:\t| {2,})\s*)/;
const host = /^[\w./-]+\s+(?=[\w.$/@-]+(?:\([\w:-]*\))?(?:\[[\w-]+\])?:\s)/;
const farLevel = new RegExp(`^(?:\\S+\\s+){0,6}?(${levels})(?=\\s)\\s+`);

/** A file or host that some collectors write before the time. */
const beforeStamp = new RegExp(`^[\\w.:/-]+\\s+(?=\\[?(?:${stamps.slice(0, 6).join("|")}))`);
const field = /^(?:time|timestamp|ts|t|@timestamp)=("[^"]*"|\S+)\s+/;
const levelField = new RegExp(`\\b(?:level|lvl|severity)="?(${levels})\\b"?\\s*`, "i");

/**
 * Takes off what a logger puts before a message: times, level, process and thread, host, name of the logger; by their shape, not by
 * product. Without a time at its head a line has no header, so that a message's own first words stay. Of a line that is a JSON object
 * with a message in it, as container runtimes and structured loggers write, the message is read.
 */
export function stripHeader(line: string): StrippedLine {
  const inner = line.startsWith("{") ? messageOfJson(line) : null;
  if (inner !== null) {
    const stripped = stripText(inner.text);
    return { text: stripped.text, severity: stripped.severity ?? inner.severity };
  }
  return stripText(line);
}

function stripText(line: string): StrippedLine {
  const text = line.trim();
  if (field.test(text)) {
    const level = levelField.exec(text)?.[1];
    return {
      text: text.replace(field, "").replace(levelField, ""),
      severity: level === undefined ? null : severityOf(level),
    };
  }
  const afterTimes = stripTimes(text);
  if (afterTimes === null) return { text, severity: null };
  let { rest, severity } = afterTimes;
  let isNamed = false;
  for (let turn = 0; turn < 12 && rest !== ""; turn++) {
    const level = severity === null ? (levelWord.exec(rest) ?? letterLevel.exec(rest)) : null;
    const far = level === null && severity === null && !isNamed ? farLevel.exec(rest) : null;
    const named = level ?? far;
    if (named !== null) {
      severity = severityOf(named[1] ?? "");
      rest = rest.slice(named[0].length);
      continue;
    }
    const other = bracketed.exec(rest) ?? (isNamed ? null : (number.exec(rest) ?? sourcePlace.exec(rest)));
    if (other !== null) {
      rest = rest.slice(other[0].length).replace(/^[-|]\s+/, "");
      continue;
    }
    const name: RegExpExecArray | null = isNamed
      ? null
      : (logger.exec(rest) ??
        host.exec(rest) ??
        program.exec(rest) ??
        (severity === null ? null : dottedLogger.exec(rest)) ??
        column.exec(rest));
    if (name === null) break;
    rest = rest.slice(name[0].length);
    // A host stands before the program's name, and a column before the next one.
    isNamed = /:\s+$|- $/.test(name[0]) || dottedLogger.test(name[0]) || (/\s{2,}$/.test(name[0]) && severity !== null);
    if (!isNamed) continue;
    // What a program wrote may have a header of its own.
    const again = stripTimes(rest);
    if (again !== null) {
      ({ rest } = again);
      isNamed = false;
    }
  }
  return { text: rest.replace(/^[-|:]\s+/, ""), severity };
}

/** What follows the times at the head of a text; null where it does not begin with one. */
function stripTimes(text: string): { rest: string; severity: LogSeverity | null } | null {
  let rest = text.replace(beforeStamp, "");
  const letter = /^([IWEF])\d{4} /.exec(rest)?.[1];
  let isStamped = false;
  for (let turn = 0; turn < 4; turn++) {
    const stamp = leadingStamp.exec(rest);
    if (stamp === null || stamp[0].length === 0) break;
    rest = rest.slice(stamp[0].length).replace(beforeStamp, "");
    isStamped = true;
  }
  return isStamped ? { rest, severity: letter === undefined ? null : severityOf(letter) } : null;
}

/** What a level's name means on the scale of the contract, or null. */
export function severityOf(level: string): LogSeverity | null {
  const word = level.toUpperCase();
  if (word === "V" || word.startsWith("TRACE") || word === "VERBOSE") return "trace";
  if (word === "D" || word.startsWith("DEBUG")) return "debug";
  if (word === "I" || word.startsWith("INFO") || word === "NOTICE") return "info";
  if (word === "W" || word.startsWith("WARN")) return "warn";
  if (word === "E" || word.startsWith("ERR") || word === "SEVERE" || word === "FAILURE") return "error";
  if (/^(?:F|FATAL|CRIT|CRITICAL|ALERT|EMERG|PANIC)$/.test(word)) return "fatal";
  return null;
}

function messageOfJson(line: string): StrippedLine | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const fields = new Map<string, unknown>(Object.entries(value));
  const text = ["log", "message", "msg", "body", "MESSAGE", "event"].map((key) => fields.get(key)).find(isText);
  if (text === undefined) return null;
  const level = ["level", "severity", "severity_text", "lvl"].map((key) => fields.get(key)).find(isText);
  return { text: text.trimEnd(), severity: level === undefined ? null : severityOf(level) };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

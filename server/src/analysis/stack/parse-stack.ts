import type { ExceptionInfo, StackFrame } from "@culprit/contract";
import { limitFrames, stackLimits, stackLines } from "./frame-limits.ts";
import { splitHeader } from "./header.ts";
import { parseJavaFrame } from "./java-frame.ts";
import { parseJavaScriptFrame } from "./javascript-frame.ts";
import { looksLikePython, parsePythonTraceback } from "./parse-python-traceback.ts";

/**
 * The exceptions that a stack text tells of: what was caught first, its causes after it, frames innermost first.
 * Reads JavaScript (V8, Firefox, Safari), Python, Java, Kotlin and Scala; a text that is none of them gives one
 * exception without frames, an empty text gives none. Time is linear in the text, which is read up to
 * `stackLimits.textChars`.
 */
export function parseStack(text: string): ExceptionInfo[] {
  if (text.trim() === "") return [];
  if (looksLikePython(text)) return parsePythonTraceback(text);
  return parseSections(stackLines(text));
}

interface Section {
  header: string[];
  frames: StackFrame[];
}

/** JavaScript and Java: a header, its frames, then the same again for each cause. */
function parseSections(lines: readonly string[]): ExceptionInfo[] {
  const sections: Section[] = [];
  let current: Section = { header: [], frames: [] };
  let skipDeeperThan: number | null = null;

  const finish = () => {
    if (current.header.length > 0 || current.frames.length > 0) sections.push(current);
  };
  for (const line of lines) {
    const indent = line.length - line.trimStart().length;
    // What was suppressed while closing resources is indented under the exception that it did not cause.
    if (skipDeeperThan !== null && indent > skipDeeperThan) continue;
    skipDeeperThan = null;
    if (line.trimStart().startsWith("Suppressed: ")) {
      skipDeeperThan = indent;
      continue;
    }
    const cause = causeHeader(line);
    if (cause !== null) {
      finish();
      if (sections.length >= stackLimits.chain) return sections.map(toException);
      current = { header: [cause], frames: [] };
      continue;
    }
    const frame = parseJavaFrame(line) ?? parseJavaScriptFrame(line);
    if (frame !== null) current.frames.push(frame);
    else if (current.frames.length === 0) current.header.push(line);
    else addShared(line, current, sections.at(-1));
  }
  finish();
  return sections.map(toException);
}

/** `Caused by: X` of Java and `[cause]: X` of Node's inspector. */
function causeHeader(line: string): string | null {
  const match = /^\s*(?:Caused by: |\[cause\]: )(.*)$/.exec(line);
  return match?.[1] ?? null;
}

/** Java leaves out the frames that a cause shares with the exception it caused: `... 12 more`. */
function addShared(line: string, current: Section, parent: Section | undefined): void {
  const match = /^\s*\.\.\. (\d{1,6}) (?:more|common frames omitted)/.exec(line);
  if (match === null || parent === undefined) return;
  const count = Number(match[1]);
  // A text that repeats this line may not multiply its frames.
  if (count > 0 && current.frames.length + count <= stackLimits.lines)
    current.frames.push(...parent.frames.slice(-count));
}

function toException(section: Section): ExceptionInfo {
  const { type, message } = splitHeader(withoutPreamble(section.header).join("\n"));
  return { type: type ?? "Error", message, frames: limitFrames(section.frames) };
}

/** Node prints the place and the source line with a caret before an uncaught error; the error follows a blank line. */
function withoutPreamble(header: readonly string[]): readonly string[] {
  const caret = header.findLastIndex((line) => /^\s*\^+\s*$/.test(line));
  return caret === -1 ? header : header.slice(caret + 1);
}

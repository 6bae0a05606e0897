import type { ExceptionInfo, StackFrame } from "@culprit/contract";
import { limitFrames, stackLimits, stackLines } from "./frame-limits.ts";
import { splitHeader } from "./header.ts";
import { isInAppPath } from "./is-in-app.ts";

const head = "Traceback (most recent call last)";
const joints = [
  "During handling of the above exception, another exception occurred",
  "The above exception was the direct cause of the following exception",
];

/** Whether a text is a Python traceback. */
export function looksLikePython(text: string): boolean {
  return text.includes(head) || /^\s*File "[^"\n]{1,1024}", line \d/m.test(text);
}

/**
 * The exceptions of a Python traceback, what was caught first (Python prints it last), frames innermost first.
 * Of an exception group the group itself is read, its members are not.
 */
export function parsePythonTraceback(text: string): ExceptionInfo[] {
  const parsed: ExceptionInfo[] = [];
  let frames: StackFrame[] = [];
  let message: string[] = [];

  const finish = () => {
    if (frames.length > 0 || message.length > 0) {
      while (message.at(-1) === "") message.pop();
      const { type, message: words } = splitHeader(message.join("\n"));
      parsed.push({ type: type ?? "Error", message: words, frames: limitFrames(frames.reverse()) });
    }
    frames = [];
    message = [];
  };

  for (const raw of stackLines(text)) {
    const line = raw.replace(/^ {0,64}[|+] /, "");
    if (/^ {0,64}\+-{2,}/.test(raw)) break;
    if (line.includes(head)) {
      finish();
      continue;
    }
    if (joints.some((joint) => line.startsWith(joint))) {
      finish();
      continue;
    }
    const frame = message.length === 0 ? parsePythonFrame(line) : null;
    if (frame !== null) {
      frames.push(frame);
    } else if (message.length === 0 && /^\s/.test(line)) {
      addSource(frames, line.trim());
    } else if (message.length > 0 || line.trim() !== "") {
      if (message.length < 200) message.push(line.trimEnd());
    }
  }
  finish();
  return parsed.reverse().slice(0, stackLimits.chain);
}

function addSource(frames: StackFrame[], source: string): void {
  const last = frames.at(-1);
  if (last === undefined || last.sourceLine !== undefined || source === "" || /^[~^\s]+$/.test(source)) return;
  if (source.startsWith("[Previous line repeated")) return;
  frames[frames.length - 1] = { ...last, sourceLine: source };
}

function parsePythonFrame(line: string): StackFrame | null {
  const text = line.trimStart();
  if (!text.startsWith('File "')) return null;
  const close = text.indexOf('", line ', 6);
  if (close === -1) return null;
  const file = text.slice(6, close);
  const after = text.slice(close + 8);
  const number = Number.parseInt(after, 10);
  const named = after.indexOf(", in ");
  return {
    file,
    function: named === -1 ? null : after.slice(named + 5).trim(),
    line: Number.isSafeInteger(number) && number > 0 ? number : null,
    column: null,
    isInApp: isInAppPath(file),
  };
}

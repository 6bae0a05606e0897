import type { StackFrame } from "@culprit/contract";
import { cleanFile, isInAppPath, javaFrame, limitFrames } from "../../analysis/stack/index.ts";
import { type Fields, fields, list, positive, text } from "./fields.ts";

/** Frames of Sentry's `stacktrace` (outermost first) as Culprit keeps them: innermost first, within the limits. */
export function toStackFrames(stacktrace: unknown, platform: string): readonly StackFrame[] {
  const raw = list(fields(stacktrace).frames);
  const frames: StackFrame[] = [];
  for (let index = raw.length - 1; index >= 0; index -= 1) frames.push(toStackFrame(fields(raw[index]), platform));
  return limitFrames(frames);
}

function toStackFrame(raw: Fields, eventPlatform: string): StackFrame {
  const frame = text(raw.platform) === "java" || eventPlatform === "java" ? toJava(raw) : toPlain(raw);
  const source = text(raw.context_line);
  // The sender knows what it configured as foreign; that a dependency is its own code it only assumes.
  const isInApp = frame.isInApp && raw.in_app !== false;
  return source === null ? { ...frame, isInApp } : { ...frame, isInApp, sourceLine: source };
}

function toPlain(raw: Fields): StackFrame {
  const place = text(raw.abs_path) ?? text(raw.filename) ?? text(raw.module);
  const file = place === null ? null : cleanFile(place);
  const name = text(raw.function) ?? text(raw.raw_function);
  return {
    file,
    function: name,
    line: positive(raw.lineno),
    column: positive(raw.colno),
    isInApp: isInAppPath(file),
  };
}

function toJava(raw: Fields): StackFrame {
  const className = text(raw.module);
  if (className === null) return toPlain(raw);
  return javaFrame({
    className,
    method: text(raw.function) ?? "<unknown>",
    fileName: text(raw.filename),
    line: positive(raw.lineno),
  });
}

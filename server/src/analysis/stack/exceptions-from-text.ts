import type { ExceptionInfo } from "@culprit/contract";
import { parseStack } from "./parse-stack.ts";

/**
 * The exception chain of a sender that gives type, message and stack text apart. What it gives apart wins over the stack's
 * first line, except a type that is only a code (`ECONNREFUSED`, which OpenTelemetry's SDK prefers to the name `Error`).
 */
export function exceptionsFromText(sent: {
  readonly type: string | null;
  readonly message: string | null;
  readonly stack: string | null;
}): readonly ExceptionInfo[] {
  const [caught, ...causes] = sent.stack === null ? [] : parseStack(sent.stack);
  const isCode = sent.type !== null && /^[A-Z0-9_]+$/.test(sent.type) && !/error|exception/i.test(sent.type);
  const fromStack = caught !== undefined && caught.frames.length > 0 ? caught.type : null;
  const type = (isCode ? (fromStack ?? sent.type) : (sent.type ?? fromStack)) ?? "Error";
  return [{ type, message: sent.message ?? caught?.message ?? "", frames: caught?.frames ?? [] }, ...causes];
}

import type { ExceptionInfo } from "@culprit/contract";
import { stackLimits } from "../../analysis/stack/index.ts";
import { type Fields, fields, list, text } from "./fields.ts";
import { toStackFrames } from "./frame-to-stack-frame.ts";

/** The exceptions of an event, what was caught first (Sentry sends it last). Empty when the event carries none. */
export function exceptionsOfEvent(event: Fields): readonly ExceptionInfo[] {
  const platform = text(event.platform) ?? "other";
  const sent = event.exception ?? event["sentry.interfaces.Exception"];
  // Old SDKs send the only exception without a list around it.
  const values = list(sent).length === 0 && fields(sent).type !== undefined ? [sent] : list(sent);
  const exceptions = values
    .slice(-stackLimits.chain)
    .reverse()
    .map((value) => toException(fields(value), platform))
    .filter((exception): exception is ExceptionInfo => exception !== null);
  const [caught, ...causes] = exceptions;
  if (caught === undefined || caught.frames.length > 0) return exceptions;
  const frames = framesBeside(event, platform);
  return frames.length === 0 ? exceptions : [{ ...caught, frames }, ...causes];
}

/** What a message of level error or fatal is as an exception: it has no type of its own. */
export function messageAsException(event: Fields, message: string): ExceptionInfo {
  const platform = text(event.platform) ?? "other";
  return { type: "Message", message, frames: framesBeside(event, platform) };
}

function toException(value: Fields, platform: string): ExceptionInfo | null {
  const type = text(value.type);
  const message = text(value.value) ?? "";
  const stack = fields(value.stacktrace ?? value.raw_stacktrace);
  if (type === null && message === "" && list(stack.frames).length === 0) return null;
  return { type: type ?? mechanismType(value) ?? "Error", message, frames: toStackFrames(stack, platform) };
}

function mechanismType(value: Fields): string | null {
  const { type } = fields(value.mechanism);
  return type === "generic" || type === "chained" ? null : text(type);
}

/** The stack that came beside the exception: of the event itself, or of the thread that crashed. */
function framesBeside(event: Fields, platform: string) {
  const own = toStackFrames(event.stacktrace, platform);
  if (own.length > 0) return own;
  const threads = list(event.threads).map(fields);
  const thread = threads.find(({ crashed }) => crashed === true) ?? threads.find(({ current }) => current === true);
  return thread === undefined ? [] : toStackFrames(thread.stacktrace, platform);
}

import type { ExceptionInfo } from "@culprit/contract";

/** A stack text for people from exceptions that came in parts, in the shape V8 prints with `Caused by:` between. */
export function renderStack(exceptions: readonly ExceptionInfo[]): string | null {
  if (exceptions.every(({ frames }) => frames.length === 0)) return null;
  const parts = exceptions.map(({ type, message, frames }, index) => {
    const head = `${index === 0 ? "" : "Caused by: "}${type}${message === "" ? "" : `: ${message}`}`;
    const lines = frames.map((frame) => {
      const place = [frame.file ?? "<unknown>", frame.line, frame.column].filter((part) => part !== null).join(":");
      return `    at ${frame.function ?? "<anonymous>"} (${place})`;
    });
    return [head, ...lines].join("\n");
  });
  return parts.join("\n");
}

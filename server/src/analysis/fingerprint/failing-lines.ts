/** FROZEN, like the versions beside it: incidents are stored under what it answers; `failing-lines.test.ts` pins it. */
import type { ErrorSignal } from "@culprit/contract";

/** A longer line is a minified bundle, of which each build has another. */
const charsMax = 120;

/**
 * The text of the lines in the project's own code at which the exceptions of a chain failed, where the sender sends it, without what a formatter changes;
 * null where no line is told, or the sender itself says what belongs together. Two failures of one function and one message are told apart by it.
 * @see https://develop.sentry.dev/backend/application-domains/grouping/ (Sentry's `context_line`)
 */
export function failingLines({ exceptions, grouping = [] }: ErrorSignal): string | null {
  if (grouping.length > 0) return null;
  const lines = exceptions.map(({ frames }) => plain(frames.find(({ isInApp }) => isInApp)?.sourceLine ?? ""));
  return lines.some((line) => line !== "") ? lines.join("\n") : null;
}

function plain(line: string): string {
  if (line.trim().length > charsMax) return "";
  return line
    .replace(/\s+/g, "")
    .replace(/["'`]/g, '"')
    .replace(/[;,]+$/, "");
}

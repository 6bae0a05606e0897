import { shortSha } from "./short-sha.ts";

export interface Advice {
  /** The one action, short. */
  readonly action: string;
  /** The report's own words, whole. */
  readonly whole: string;
}

const heading = "## What to do next\n";

/** What the report says to do next, or null where it has no such part. */
export function reportAdvice(markdown: string): Advice | null {
  // The last one: what is quoted from outside stands before it, and could hold the same line.
  const start = markdown.lastIndexOf(`\n${heading}`);
  if (start === -1) return null;
  const [part = ""] = markdown.slice(start + heading.length + 1).split(/^#+ /m);
  const whole = part
    .trim()
    .replace(/\\([^\sa-zA-Z0-9])/g, "$1")
    .replace(/\s+/g, " ");
  return whole === "" ? null : { whole, action: shorten(whole) };
}

function shorten(whole: string): string {
  const [, culprit, before] = /^Revert ([0-9a-f]{7,64})\b(?: or deploy ([0-9a-f]{7,64}) again)?/.exec(whole) ?? [];
  if (culprit === undefined) return whole;
  const instead = before === undefined ? "" : `, or deploy the revision before it, ${shortSha(before)}`;
  return `Revert ${shortSha(culprit)}${instead}.`;
}

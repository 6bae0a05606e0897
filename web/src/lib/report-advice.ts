import { shortSha } from "./short-sha.ts";

export interface Advice {
  /** The one action, short. */
  readonly action: string;
  /** Whom it touches, where that is known. */
  readonly reach: string | null;
  /** The report's own words, whole. */
  readonly whole: string;
}

/** Sentences of the report that say whom an action touches; the last one knows nothing, which is no news at night. */
const reaches = / ((?:Blast radius: |Nothing is known to depend on it).*|Who else depends on it is not known\.)$/;

/** What the report says to do first, else what to do next; null where it says neither. */
export function reportAdvice(markdown: string): Advice | null {
  const whole = first(markdown) ?? next(markdown);
  if (whole === null) return null;
  const reach = reaches.exec(whole)?.[1] ?? null;
  return {
    whole,
    action: shorten(whole.replace(reaches, "")),
    reach: reach?.startsWith("Who else") ? null : reach,
  };
}

/** Only before the part that quotes: what comes from outside could hold the same line. */
function first(markdown: string): string | null {
  const [head = ""] = markdown.split("\n## What happened\n");
  const heading = "\n## Do this first\n";
  const start = head.indexOf(heading);
  return start === -1 ? null : plain(head.slice(start + heading.length));
}

/** The last one, as what is quoted stands before it. */
function next(markdown: string): string | null {
  const heading = "\n## What to do next\n";
  const start = markdown.lastIndexOf(heading);
  if (start === -1) return null;
  const [part = ""] = markdown.slice(start + heading.length).split(/^#+ /m);
  return plain(part);
}

function plain(part: string): string | null {
  const text = part
    .trim()
    .replace(/\\([^\sa-zA-Z0-9])/g, "$1")
    .replace(/\s+/g, " ");
  return text === "" ? null : text;
}

function shorten(whole: string): string {
  const [, culprit, before] = /^Revert ([0-9a-f]{7,64})\b(?: or deploy ([0-9a-f]{7,64}) again)?/.exec(whole) ?? [];
  if (culprit !== undefined) {
    const instead = before === undefined ? "" : `, or deploy the revision before it, ${shortSha(before)}`;
    return `Revert ${shortSha(culprit)}${instead}.`;
  }
  return whole.replace(
    /^Roll back to ([0-9a-f]{7,64}), or revert ([0-9a-f]{7,64})\./,
    (_, before: string, blamed: string) => `Roll back to ${shortSha(before)}, or revert ${shortSha(blamed)}.`,
  );
}

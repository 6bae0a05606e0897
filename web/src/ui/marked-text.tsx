import { markCommits } from "../lib/mark-commits.ts";
import { shortSha } from "../lib/short-sha.ts";
import { cx } from "./cx.ts";

interface MarkedTextProps {
  readonly text: string;
  readonly sha: string | null;
  /** How the id is marked; `marked` unless told. */
  readonly mark?: string;
}

/** A sentence in which the culprit's commit id is highlighted, in its short form, and quoted code is set as code. */
export function MarkedText({ text, sha, mark = "marked" }: MarkedTextProps) {
  let at = 0;
  return markCommits(text, sha).map((part) => {
    at += part.text.length;
    if (part.kind === "plain") return part.text;
    if (part.kind === "code") {
      return (
        <code key={at} className="font-mono text-[0.92em]">
          {part.text}
        </code>
      );
    }
    return (
      <mark key={at} className={cx(mark, "font-mono text-[0.9em]")} title={part.text}>
        {shortSha(part.text)}
      </mark>
    );
  });
}

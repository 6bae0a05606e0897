import { markCommits } from "../lib/mark-commits.ts";
import { shortSha } from "../lib/short-sha.ts";
import { cx } from "./cx.ts";

interface MarkedTextProps {
  readonly text: string;
  readonly sha: string | null;
  /** How the id is marked; `marked` unless told. */
  readonly mark?: string;
}

/** A sentence in which the culprit's commit id is highlighted, in its short form. */
export function MarkedText({ text, sha, mark = "marked" }: MarkedTextProps) {
  let at = 0;
  return markCommits(text, sha).map((part) => {
    at += part.text.length;
    if (!part.isCommit) return part.text;
    return (
      <mark key={at} className={cx(mark, "font-mono text-[0.9em]")} title={part.text}>
        {shortSha(part.text)}
      </mark>
    );
  });
}

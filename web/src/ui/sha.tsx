import { useState } from "react";
import { shortSha } from "../lib/short-sha.ts";
import { copyText } from "./copy-text.ts";
import { cx } from "./cx.ts";

/** A short commit id that copies the full one. `isMarked` for the culprit. */
export function Sha({ sha, isMarked = false }: { readonly sha: string; readonly isMarked?: boolean }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <button
      type="button"
      title={isCopied ? "Copied" : `${sha}: copy`}
      aria-label={`Copy commit ${sha}`}
      className={cx("font-mono text-[0.92em] hover:underline underline-offset-3", isMarked && "marked")}
      onClick={() => void copyText(sha).then(setCopied)}
      onBlur={() => setCopied(false)}
      onPointerLeave={() => setCopied(false)}
    >
      {shortSha(sha)}
    </button>
  );
}

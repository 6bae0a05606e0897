import type { Change } from "@culprit/contract";
import type { ReactNode } from "react";
import { changeWords } from "../lib/words.ts";
import { Tag } from "../ui/chips.tsx";
import { cx } from "../ui/cx.ts";
import { Sha } from "../ui/sha.tsx";

interface ChangeRowProps {
  readonly change: Change;
  /** When it was, as the list tells time. */
  readonly when: ReactNode;
  /** It is what is blamed. */
  readonly isMarked?: boolean;
}

/** What somebody changed, in a row of a list. */
export function ChangeRow({ change, when, isMarked = false }: ChangeRowProps) {
  const { title, kind, commits, actor, service, commit_sha: sha } = change;
  return (
    <li
      className={cx(
        "grid gap-x-3 gap-y-0.5 border-t border-line px-3 py-2 first:border-t-0 sm:grid-cols-[8.5rem_minmax(0,1fr)_auto]",
        isMarked && "border-l-4 border-l-mark-line",
      )}
    >
      <span className="text-ink-3">{when}</span>
      <span className="min-w-0 [overflow-wrap:anywhere]">
        {title}
        {commits !== null && commits > 0 && (
          <span className="text-ink-3">
            {kind === "rollback" ? ", took out " : ", "}
            {commits} {commits === 1 ? "commit" : "commits"}
          </span>
        )}
        {actor && <span className="text-ink-3"> by {actor}</span>}
        {service === null && <span className="text-ink-3"> (concerns every service)</span>}
      </span>
      <span className="flex items-center gap-2">
        {sha && <Sha sha={sha} />}
        <Tag>{changeWords[kind]}</Tag>
      </span>
    </li>
  );
}

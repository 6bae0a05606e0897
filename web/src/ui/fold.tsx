import type { ReactNode } from "react";
import { Chevron } from "./icons.tsx";

interface FoldProps {
  readonly summary: ReactNode;
  readonly children: ReactNode;
  readonly isOpen?: boolean;
}

/** A part that is closed until asked for, by the browser's own disclosure, so that find-in-page and keyboards work. */
export function Fold({ summary, children, isOpen = false }: FoldProps) {
  return (
    <details open={isOpen} className="min-w-0">
      <summary className="inline-flex min-h-7 max-w-full items-center gap-1.5 text-[0.8125rem] text-ink-2 hover:text-ink">
        <Chevron />
        {summary}
      </summary>
      <div className="mt-2">{children}</div>
    </details>
  );
}

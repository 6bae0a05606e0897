import type { ReactNode } from "react";

interface PageHeadProps {
  readonly title: string;
  readonly note?: ReactNode;
  /** Buttons and selects at the right. */
  readonly children?: ReactNode;
}

/** The title of a page with what can be done there. */
export function PageHead({ title, note, children }: PageHeadProps) {
  return (
    <div className="mb-4 flex flex-wrap items-end justify-between gap-x-6 gap-y-3 pt-1">
      <div className="min-w-0 max-w-[72ch]">
        <h1 className="text-xl font-semibold tracking-tight [overflow-wrap:anywhere]">{title}</h1>
        {note && <p className="mt-0.5 text-[0.8125rem] text-ink-2">{note}</p>}
      </div>
      {children && <div className="flex min-w-0 flex-wrap items-center gap-2 empty:hidden">{children}</div>}
    </div>
  );
}

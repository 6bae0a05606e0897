import type { ReactNode } from "react";

interface SectionProps {
  readonly id: string;
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A part of the page under its own heading. */
export function Section({ id, title, aside, children }: SectionProps) {
  return (
    <section aria-labelledby={`${id}-title`} id={id} className="min-w-0 scroll-mt-16">
      <div className="mb-2.5 flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
        <h2 id={`${id}-title`} className="text-[0.9375rem] font-semibold tracking-tight">
          {title}
        </h2>
        <div className="flex min-w-0 flex-auto flex-wrap items-center gap-x-3 gap-y-1 text-[0.8125rem] text-ink-2">
          {aside}
        </div>
      </div>
      {children}
    </section>
  );
}

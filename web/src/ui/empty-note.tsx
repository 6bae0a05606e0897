import type { ReactNode } from "react";

/** Says that there is nothing, and what to do about it. */
export function EmptyNote({ children }: { readonly children: ReactNode }) {
  return (
    <div className="rounded-lg border border-dashed border-edge px-4 py-12 text-center text-balance text-ink-2">
      {children}
    </div>
  );
}

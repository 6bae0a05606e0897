import type { ReactNode } from "react";

/** Says that a part of a page has nothing to show, and what would fill it. */
export function EmptyPart({ children }: { readonly children: ReactNode }) {
  return <p className="rounded-md border border-dashed border-edge px-4 py-5 text-ink-2">{children}</p>;
}

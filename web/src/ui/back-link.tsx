import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { BackArrow } from "./icons.tsx";

/** The way up from one thing to the list of all of its kind. */
export function BackLink({
  to,
  children,
}: {
  readonly to: "/" | "/executions" | "/integrations" | "/workflows";
  readonly children: ReactNode;
}) {
  return (
    <Link to={to} className="mb-3 inline-flex items-center gap-1.5 py-1 text-[0.8125rem] text-ink-2 hover:text-ink">
      <BackArrow />
      {children}
    </Link>
  );
}

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { buttonLook } from "./button.tsx";

interface LinkButtonProps {
  readonly to: string;
  readonly look?: "solid" | "plain" | "quiet";
  readonly search?: Readonly<Record<string, string>>;
  readonly children: ReactNode;
}

/** A link to another page that looks like a button. */
export function LinkButton({ to, look = "plain", search, children }: LinkButtonProps) {
  return (
    <Link to={to} {...(search ? { search: search as never } : {})} className={buttonLook(look)}>
      {children}
    </Link>
  );
}

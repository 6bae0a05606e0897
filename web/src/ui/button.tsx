import type { ButtonHTMLAttributes } from "react";
import { cx } from "./cx.ts";

const looks = {
  solid: "bg-ink text-paper border-ink hover:bg-ink-2 hover:border-ink-2",
  danger: "bg-panel text-bad border-bad hover:bg-sunk",
  plain: "bg-panel text-ink border-edge hover:bg-sunk",
  quiet: "border-transparent text-ink-2 hover:bg-sunk hover:text-ink",
} as const;

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: keyof typeof looks;
}

/** The classes of a button, for what looks like one. */
export function buttonLook(look: keyof typeof looks, className?: string): string {
  return cx(
    "inline-flex min-h-8 items-center justify-center gap-1.5 rounded-md border px-3 text-[0.8125rem] font-medium whitespace-nowrap transition-colors disabled:opacity-60 aria-disabled:opacity-60",
    looks[look],
    className,
  );
}

/** A button of the page. `type` is `button` unless told, so that none submits a form by accident. */
export function Button({ look = "plain", className, type = "button", ...rest }: ButtonProps) {
  return <button type={type} className={buttonLook(look, className)} {...rest} />;
}

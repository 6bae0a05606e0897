import type { ReactNode, Ref } from "react";

interface ScrollBoxProps {
  readonly label: string;
  readonly className: string;
  readonly children: ReactNode;
  readonly ref?: Ref<HTMLElement>;
}

/** A box whose content may be wider or longer than it; named and reachable by keyboard, so that it can be scrolled without a mouse. */
export function ScrollBox({ label, className, children, ref }: ScrollBoxProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: WCAG 2.1.1, a region that scrolls must take the focus
    <section ref={ref} tabIndex={0} aria-label={label} className={className}>
      {children}
    </section>
  );
}

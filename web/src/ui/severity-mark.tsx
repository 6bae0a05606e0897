import { type Severity, severities } from "@culprit/contract";
import { cx } from "./cx.ts";

const colours: Record<Severity, string> = {
  critical: "fill-bad",
  high: "fill-warn",
  medium: "fill-ink-2",
  low: "fill-ink-3",
};

/** Severity as a column of four bars, so that it reads without colour; named for those who do not see it. */
export function SeverityMark({ severity }: { readonly severity: Severity }) {
  const filled = severities.length - severities.indexOf(severity);
  return (
    <span title={`${severity} severity`}>
      <svg viewBox="0 0 14 14" className="size-3.5" aria-hidden="true">
        {[0, 1, 2, 3].map((bar) => (
          <rect
            key={bar}
            x={bar * 3.6}
            y={9 - bar * 3}
            width="2.6"
            height={5 + bar * 3}
            rx="0.8"
            className={cx(bar < filled ? colours[severity] : "fill-line")}
          />
        ))}
      </svg>
      <span className="sr-only">{severity} severity</span>
    </span>
  );
}

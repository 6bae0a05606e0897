import type { IntegrationSummary } from "@culprit/contract";
import { cx } from "../ui/cx.ts";

type Health = IntegrationSummary["health_status"];

const words: Record<Health, string> = {
  healthy: "Healthy",
  degraded: "Degraded",
  unhealthy: "Unhealthy",
  unknown: "Not checked yet",
};
const looks: Record<Health, string> = {
  healthy: "text-good",
  degraded: "text-warn",
  unhealthy: "text-bad",
  unknown: "text-ink-3",
};
const shapes: Record<Health, string> = {
  healthy: "M3 8.500 6.500 12 13 4.500",
  degraded: "M8 2.500 14.500 13.500h-13ZM8 7v3M8 12v.1",
  unhealthy: "m4 4 8 8m0-8-8 8",
  unknown: "M3.500 8h9",
};

interface HealthMarkProps {
  readonly integration: Pick<IntegrationSummary, "health_status" | "is_enabled">;
}

/** How an integration fares, by shape, colour and word. */
export function HealthMark({ integration: { health_status: health, is_enabled } }: HealthMarkProps) {
  if (!is_enabled) return <span className="text-[0.8125rem] text-ink-3">Switched off</span>;
  return (
    <span
      className={cx("inline-flex items-center gap-1.5 text-[0.8125rem] font-semibold whitespace-nowrap", looks[health])}
    >
      <svg
        viewBox="0 0 16 16"
        aria-hidden="true"
        className="size-3.5"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.800"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path d={shapes[health]} />
      </svg>
      {words[health]}
    </span>
  );
}

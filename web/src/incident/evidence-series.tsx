import type { Evidence } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { reopenEvidence } from "../api/requests.ts";
import { LogText } from "../ui/log-text.tsx";

const LinePlot = lazy(() => import("../plot/line-plot.tsx"));
const heightPx = 160;

interface EvidenceSeriesProps {
  readonly evidence: Evidence;
  /** When the incident was first seen, ISO 8601. */
  readonly firstAt: string | null;
}

/** A series that an answer rests on, read again to be drawn; what was noted of it when it was read stands below. */
export function EvidenceSeries({ evidence, firstAt }: EvidenceSeriesProps) {
  const { data, isPending } = useQuery({
    queryKey: ["evidence", evidence.id],
    queryFn: ({ signal }) => reopenEvidence(evidence.id, signal),
    staleTime: 60_000,
    retry: false,
  });
  const series = data?.series ?? [];
  const lines = series.map(({ metric, labels, times, values }) => ({ name: nameOf(metric, labels), times, values }));
  return (
    <>
      {isPending || lines.length > 0 ? (
        <div className="mb-2 rounded-md border border-line bg-panel px-3 pt-2" style={{ minHeight: heightPx + 28 }}>
          {lines.length > 0 && (
            <Suspense fallback={null}>
              <LinePlot
                label={evidence.title}
                lines={lines}
                unit={series[0]?.unit ?? null}
                markMs={firstAt === null ? null : Date.parse(firstAt)}
                markName="first seen"
                heightPx={heightPx}
              />
            </Suspense>
          )}
        </div>
      ) : (
        <p className="mb-2 text-xs text-ink-3">Its points are no longer kept; this is what was noted of them.</p>
      )}
      <LogText text={evidence.snapshot} label={evidence.title} />
    </>
  );
}

function nameOf(metric: string, labels: Readonly<Record<string, string>>): string {
  const told = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return told.length === 0 ? metric : `${metric} ${told.join(" ")}`;
}

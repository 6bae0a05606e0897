import { useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { chartData } from "../lib/chart-data.ts";
import { formatInstant } from "../lib/format-instant.ts";
import { barOptions } from "./bar-options.ts";
import { usePlot } from "./use-plot.ts";

interface BarPlotProps {
  readonly label: string;
  readonly points: readonly { readonly at: string; readonly count: number }[];
  readonly bucketS: number;
  readonly heightPx: number;
}

/** Counts over time as bars; loaded only where it is shown. */
export default function BarPlot({ label, points, bucketS, heightPx }: BarPlotProps) {
  const [hovered, setHovered] = useState<number | null>(null);
  const data = chartData(bucketS, points);
  const { box } = usePlot({
    heightPx,
    draw: (host) => {
      const options = barOptions({ heightPx, bucketS, host, onHover: setHovered, onLayout: () => undefined });
      return new uPlot({ ...options, padding: [8, 20, 0, 0] }, [[...data.startsS], [...data.counts]], host);
    },
    dependsOn: [points, bucketS],
  });

  const start = hovered === null ? undefined : data.startsS[hovered];
  return (
    <figure className="relative" aria-label={label}>
      <div ref={box} style={{ height: heightPx }} aria-hidden="true" />
      {start !== undefined && hovered !== null && (
        <p className="pointer-events-none absolute -top-7 right-0 rounded bg-ink px-2 py-1 text-xs text-paper">
          {(data.counts[hovered] ?? 0).toLocaleString("en")} at{" "}
          {formatInstant(new Date(start * 1000).toISOString()).slice(0, 16)}
        </p>
      )}
    </figure>
  );
}

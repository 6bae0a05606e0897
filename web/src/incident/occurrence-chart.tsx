import type { IncidentDetail } from "@culprit/contract";
import { useEffect, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { type ChartData, chartWindow } from "../lib/chart-data.ts";
import { formatInstant } from "../lib/format-instant.ts";
import { barOptions } from "../plot/bar-options.ts";
import { usePlot } from "../plot/use-plot.ts";
import { chartHeightPx } from "./chart-height.ts";
import { DeploymentMarks } from "./deployment-marks.tsx";

interface OccurrenceChartProps {
  readonly data: ChartData;
  readonly deployments: IncidentDetail["deployments"];
  readonly runningSha: string | null;
  readonly isBlamed: boolean;
}

/** Bars of occurrences with the deployments drawn through them. */
export default function OccurrenceChart({ data, deployments, runningSha, isBlamed }: OccurrenceChartProps) {
  const [area, setArea] = useState({ left: 0, top: 0, width: 0, height: 0 });
  const [hovered, setHovered] = useState<number | null>(null);
  const [low, high] = chartWindow(data, deployments);
  const { box, plot } = usePlot({
    heightPx: chartHeightPx,
    draw: (host) => {
      const options = barOptions({
        heightPx: chartHeightPx,
        bucketS: data.bucketS,
        host,
        onHover: setHovered,
        onLayout: ({ over }) =>
          setArea({ left: over.offsetLeft, top: over.offsetTop, width: over.clientWidth, height: over.clientHeight }),
      });
      const chart = new uPlot(options, [[...data.startsS], [...data.counts]], host);
      chart.setScale("x", { min: low, max: high });
      return chart;
    },
    // New data goes to the same plot below; only another theme needs a new one.
    dependsOn: [],
  });

  useEffect(() => {
    plot.current?.setData([[...data.startsS], [...data.counts]], false);
    plot.current?.setScale("x", { min: low, max: high });
  }, [plot, data, low, high]);

  const start = hovered === null ? undefined : data.startsS[hovered];
  const total = data.counts.reduce((sum, count) => sum + count, 0);
  return (
    <figure className="relative" aria-label={`Chart of ${total} occurrences`}>
      <div ref={box} className="uplot-box" style={{ height: chartHeightPx }} aria-hidden="true" />
      <DeploymentMarks
        deployments={deployments}
        runningSha={runningSha}
        isBlamed={isBlamed}
        area={area}
        window={[low, high]}
      />
      {start !== undefined && hovered !== null && (
        <p className="pointer-events-none absolute -top-9 right-0 rounded bg-ink px-2 py-1 text-xs text-paper">
          {(data.counts[hovered] ?? 0).toLocaleString("en")} at{" "}
          {formatInstant(new Date(start * 1000).toISOString()).slice(0, 16)}
        </p>
      )}
    </figure>
  );
}

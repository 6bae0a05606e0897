import type { IncidentDetail } from "@culprit/contract";
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { type ChartData, chartWindow } from "../lib/chart-data.ts";
import { formatInstant } from "../lib/format-instant.ts";
import { chartHeightPx } from "./chart-height.ts";
import { chartOptions } from "./chart-options.ts";
import { DeploymentMarks } from "./deployment-marks.tsx";

interface OccurrenceChartProps {
  readonly data: ChartData;
  readonly deployments: IncidentDetail["deployments"];
  readonly runningSha: string | null;
  readonly isBlamed: boolean;
}

/** Bars of occurrences with the deployments drawn through them. */
export default function OccurrenceChart({ data, deployments, runningSha, isBlamed }: OccurrenceChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [area, setArea] = useState({ left: 0, top: 0, width: 0, height: 0 });
  const [hovered, setHovered] = useState<number | null>(null);
  const [themeCount, setThemeCount] = useState(0);
  const [low, high] = chartWindow(data, deployments);

  // biome-ignore lint/correctness/useExhaustiveDependencies: new data goes to the same plot below; only another theme needs a new one
  useEffect(() => {
    const host = box.current;
    if (!host) return;
    const chart = new uPlot(
      chartOptions({
        width: host.clientWidth,
        bucketS: data.bucketS,
        host,
        onHover: setHovered,
        onLayout: ({ over }) =>
          setArea({ left: over.offsetLeft, top: over.offsetTop, width: over.clientWidth, height: over.clientHeight }),
      }),
      [[...data.startsS], [...data.counts]],
      host,
    );
    chart.setScale("x", { min: low, max: high });
    plot.current = chart;
    const observer = new ResizeObserver(() => chart.setSize({ width: host.clientWidth, height: chartHeightPx }));
    observer.observe(host);
    return () => {
      observer.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, [themeCount]);

  useEffect(() => {
    const onTheme = () => setThemeCount((count) => count + 1);
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", onTheme);
    document.documentElement.addEventListener("themechange", onTheme);
    return () => {
      system.removeEventListener("change", onTheme);
      document.documentElement.removeEventListener("themechange", onTheme);
    };
  }, []);

  useEffect(() => {
    plot.current?.setData([[...data.startsS], [...data.counts]], false);
    plot.current?.setScale("x", { min: low, max: high });
  }, [data, low, high]);

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

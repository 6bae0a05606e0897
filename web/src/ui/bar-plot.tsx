import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { chartOptions } from "../incident/chart-options.ts";
import { chartData } from "../lib/chart-data.ts";
import { formatInstant } from "../lib/format-instant.ts";

interface BarPlotProps {
  readonly label: string;
  readonly points: readonly { readonly at: string; readonly count: number }[];
  readonly bucketS: number;
  readonly heightPx: number;
}

/** Counts over time as bars; loaded only where it is shown. */
export default function BarPlot({ label, points, bucketS, heightPx }: BarPlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const [themeCount, setThemeCount] = useState(0);
  const data = chartData(bucketS, points);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `data` is made anew on each drawing; what it comes from tells when it changed
  useEffect(() => {
    const host = box.current;
    if (!host) return;
    const options = chartOptions({
      width: host.clientWidth,
      bucketS,
      host,
      onHover: setHovered,
      onLayout: () => undefined,
    });
    const series: uPlot.AlignedData = [[...data.startsS], [...data.counts]];
    const chart = new uPlot({ ...options, height: heightPx, padding: [8, 0, 0, 0] }, series, host);
    const observer = new ResizeObserver(() => chart.setSize({ width: host.clientWidth, height: heightPx }));
    observer.observe(host);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [themeCount, points, bucketS, heightPx]);

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

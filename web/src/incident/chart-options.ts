import uPlot from "uplot";
import { chartHeightPx } from "./chart-height.ts";

interface ChartOptionsInput {
  readonly width: number;
  readonly bucketS: number;
  /** Where the page's colours are read from. */
  readonly host: HTMLElement;
  readonly onHover: (index: number | null) => void;
  readonly onLayout: (plot: uPlot) => void;
}

/** How the occurrence chart is drawn: one bar a bucket, quiet axes, room for the deployment labels above. */
export function chartOptions({ width, bucketS, host, onHover, onLayout }: ChartOptionsInput): uPlot.Options {
  const colour = (name: string) => resolveColour(host, `var(--color-${name})`);
  const font = `11px ${getComputedStyle(host).fontFamily}`;
  const axis = { stroke: colour("ink-3"), font, ticks: { show: false } } satisfies Partial<uPlot.Axis>;
  // Half a label of the time axis: the first and the last one stand on the chart's edges.
  const labelHalfPx = bucketS < 60 ? 30 : 22;
  const bars = uPlot.paths.bars?.({ size: [0.82, 40, 1], align: 1 });
  return {
    width,
    height: chartHeightPx,
    padding: [26, labelHalfPx, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: false, y: false },
      dataIdx: (u, _series, index) => bucketUnderCursor(u, index),
    },
    scales: { x: { time: true }, y: { range: (_u, _min, max) => [0, Math.max(4, max * 1.08)] } },
    series: [{}, { fill: colour("ink-2"), ...(bars ? { paths: bars } : {}), points: { show: false } }],
    axes: [
      { ...axis, grid: { show: false }, size: 26, space: 70, values: timeLabels(bucketS) },
      {
        ...axis,
        grid: { stroke: colour("line"), width: 1 },
        border: { show: false },
        size: (_u, values) =>
          Math.max(labelHalfPx, 14 + Math.max(0, ...(values ?? []).map((value) => String(value).length)) * 6.5),
        space: 44,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7, 1e8],
        values: (_u, splits) => splits.map((value) => value.toLocaleString("en")),
      },
    ],
    hooks: {
      ready: [onLayout],
      setSize: [onLayout],
      drawAxes: [onLayout],
      setCursor: [(u) => onHover((u.cursor.left ?? -1) < 0 ? null : (u.cursor.idxs?.[1] ?? u.cursor.idx ?? null))],
    },
  };
}

/** The bucket that the pointer is over: bars are drawn from their start on, uPlot would take the nearest start. */
function bucketUnderCursor(u: uPlot, nearest: number): number {
  const at = u.posToVal(u.cursor.left ?? 0, "x");
  const start = u.data[0][nearest];
  return start !== undefined && start > at && nearest > 0 ? nearest - 1 : nearest;
}

/** Times below a chart: the clock, or the day where it is of several. */
export function timeLabels(bucketS: number): (u: uPlot, splits: number[]) => string[] {
  const clock = bucketS < 60 ? 8 : 5;
  return (_u, splits) => {
    const isLong = (splits.at(-1) ?? 0) - (splits[0] ?? 0) > 2 * 86_400;
    return splits.map((seconds) => {
      const date = new Date(seconds * 1000);
      if (isLong) return date.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
      return date.toLocaleTimeString("en-GB").slice(0, clock);
    });
  };
}

/** A canvas knows no custom properties and no `light-dark()`: the browser resolves the colour on a probe. */
function resolveColour(host: HTMLElement, expression: string): string {
  const probe = document.createElement("span");
  probe.style.color = expression;
  host.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

import uPlot from "uplot";
import { plotInk, timeLabels, wholeSteps } from "./plot-ink.ts";

interface BarOptionsInput {
  readonly heightPx: number;
  readonly bucketS: number;
  /** Where the page's colours are read from. */
  readonly host: HTMLElement;
  readonly onHover: (index: number | null) => void;
  readonly onLayout: (plot: uPlot) => void;
}

/** How counts over time are drawn: one bar a bucket, quiet axes, room above for the labels of marks. */
export function barOptions({ heightPx, bucketS, host, onHover, onLayout }: BarOptionsInput): uPlot.Options {
  const { colour, axis } = plotInk(host);
  // Half a label of the time axis: the first and the last one stand on the chart's edges.
  const labelHalfPx = bucketS < 60 ? 30 : 22;
  const bars = uPlot.paths.bars?.({ size: [0.82, 40, 1], align: 1 });
  return {
    width: host.clientWidth,
    height: heightPx,
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
        incrs: wholeSteps,
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

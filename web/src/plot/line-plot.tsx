import { useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatAmount } from "../lib/format-amount.ts";
import { formatInstant } from "../lib/format-instant.ts";
import { unitWords } from "../lib/unit-words.ts";
import { plotInk, timeLabels, wholeSteps } from "./plot-ink.ts";
import { usePlot } from "./use-plot.ts";

export interface PlotLine {
  readonly name: string;
  /** Milliseconds since 1970, ascending; a value for each, null where there is none. */
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

interface LinePlotProps {
  readonly label: string;
  readonly lines: readonly PlotLine[];
  readonly unit: string | null;
  /** An instant that is marked, such as when the trouble began; milliseconds since 1970. */
  readonly markMs: number | null;
  /** What that instant is: `first seen`. */
  readonly markName?: string;
  readonly heightPx?: number;
  /** The values count something, and the lines stand for a whole day each. */
  readonly isDaily?: boolean;
}

/** Ink, then shades by which lines of one picture are told apart in light and dark, by dash as well as by colour. */
const looks = [
  { colour: "ink", dash: [] },
  { colour: "warn", dash: [] },
  { colour: "ink-3", dash: [6, 3] },
  { colour: "good", dash: [2, 2] },
  { colour: "bad", dash: [8, 3, 2, 3] },
] as const;

/** Between the days that are named below, in seconds. */
const daySteps = [1, 2, 5, 10, 20, 40, 80].map((days) => days * 86_400);

/** Values over time as lines; loaded only where it is shown. */
export default function LinePlot({
  label,
  lines,
  unit,
  markMs,
  markName,
  heightPx = 160,
  isDaily = false,
}: LinePlotProps) {
  const [hovered, setHovered] = useState<number | null>(null);
  const times = [...new Set(lines.flatMap((line) => line.times))].sort((a, b) => a - b);
  const columns = lines.map((line) => {
    const at = new Map(line.times.map((time, index) => [time, line.values[index]]));
    return times.map((time) => at.get(time) ?? null);
  });

  const draw = (host: HTMLElement) => {
    const { colour, axis } = plotInk(host);
    const drawMark = (plot: uPlot) => {
      if (markMs === null) return;
      const x = Math.round(plot.valToPos(markMs / 1000, "x", true));
      if (x < plot.bbox.left || x > plot.bbox.left + plot.bbox.width) return;
      plot.ctx.save();
      plot.ctx.strokeStyle = colour("mark-line");
      plot.ctx.lineWidth = 2 * devicePixelRatio;
      plot.ctx.beginPath();
      plot.ctx.moveTo(x, plot.bbox.top);
      plot.ctx.lineTo(x, plot.bbox.top + plot.bbox.height);
      plot.ctx.stroke();
      plot.ctx.restore();
    };
    return new uPlot(
      {
        width: host.clientWidth,
        height: heightPx,
        padding: [10, 22, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false } },
        scales: { x: { time: true }, y: { range: (_u, min, max) => [Math.min(0, min), max > 0 ? max * 1.08 : 1] } },
        series: [
          {},
          ...lines.map((_, index): uPlot.Series => {
            const look = looks[index % looks.length] ?? looks[0];
            return {
              stroke: colour(look.colour),
              width: 1.5,
              dash: [...look.dash],
              spanGaps: false,
              points: { show: false },
            };
          }),
        ],
        axes: [
          {
            ...axis,
            grid: { show: false },
            size: 26,
            space: 70,
            values: timeLabels(60),
            ...(isDaily ? { incrs: daySteps } : {}),
          },
          {
            ...axis,
            grid: { stroke: colour("line"), width: 1 },
            border: { show: false },
            size: 52,
            space: 36,
            ...(isDaily ? { incrs: wholeSteps } : {}),
            values: (_u, splits) => splits.map((value) => formatAmount(value, null)),
          },
        ],
        hooks: { draw: [drawMark], setCursor: [(plot) => setHovered(plot.cursor.idx ?? null)] },
      },
      [times.map((time) => time / 1000), ...columns] as uPlot.AlignedData,
      host,
    );
  };
  const { box } = usePlot({ heightPx, draw, dependsOn: [lines, markMs] });

  const at = hovered === null ? undefined : times[hovered];
  return (
    <figure aria-label={label}>
      <div ref={box} style={{ height: heightPx }} aria-hidden="true" />
      <figcaption className="flex min-h-5 flex-wrap gap-x-4 text-xs text-ink-2">
        {at === undefined ? (
          unitWords(unit) !== null && <span className="text-ink-3">in {unitWords(unit)}</span>
        ) : (
          <span className="text-ink-3">{formatInstant(new Date(at).toISOString()).slice(0, isDaily ? 10 : 16)}</span>
        )}
        {lines.map((line, index) => {
          const value = hovered === null ? undefined : columns[index]?.[hovered];
          return (
            <span key={line.name} className="min-w-0 [overflow-wrap:anywhere]">
              {lines.length > 1 && <Swatch look={looks[index % looks.length] ?? looks[0]} />}
              {lines.length > 1 && `${line.name} `}
              {value === undefined || value === null ? "" : formatAmount(value, unit)}
            </span>
          );
        })}
        {markMs !== null && markName !== undefined && (
          <span className="text-ink-3">
            <Swatch look={{ colour: "mark-line", dash: [] }} />
            {markName} {timeOfDay(markMs)}
          </span>
        )}
      </figcaption>
    </figure>
  );
}

/** How a line is drawn, for the words beside it. */
function Swatch({ look }: { readonly look: { readonly colour: string; readonly dash: readonly number[] } }) {
  return (
    <svg viewBox="0 0 18 4" aria-hidden="true" className="mr-1.5 inline-block h-1 w-[1.125rem] align-middle">
      <path d="M0 2h18" stroke={`var(--color-${look.colour})`} strokeWidth="2" strokeDasharray={look.dash.join(" ")} />
    </svg>
  );
}

function timeOfDay(ms: number): string {
  return new Date(ms).toLocaleTimeString("en-GB").slice(0, 5);
}

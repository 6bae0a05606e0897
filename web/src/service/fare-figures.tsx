import { formatAmount } from "../lib/format-amount.ts";
import type { PlotLine } from "../plot/line-plot.tsx";
import { Sparkline } from "../plot/sparkline.tsx";
import { cx } from "../ui/cx.ts";
import { type Fare, isSilent } from "./fares-of.ts";

/** From this share of failed requests on, in percent, the figure is told apart. */
const failingMin = 1;

/** The columns of the figures, and what each is. */
export const fareColumns = "grid grid-cols-3 gap-x-4 lg:grid-cols-[repeat(3,7.5rem)]";
export const fareNames = ["Requests/min", "Errors", "p99"] as const;

/** How a service fared in the last hour, and the figures of its end. */
export function FareFigures({ fare }: { readonly fare: Fare | undefined }) {
  if (fare === undefined) return <span className="text-xs text-ink-3">no request in the last hour</span>;
  const { requests, errors, p99 } = fare.red;
  const isFailing = (errors?.values.at(-1) ?? 0) >= failingMin;
  return (
    <span
      className={fareColumns}
      title={`The last hour in ${fare.environment}; the figures are of its last two minutes`}
    >
      <Figure name={fareNames[0]} line={requests} unit={null} isBad={isSilent(fare)} />
      <Figure name={fareNames[1]} line={errors} unit="%" isBad={isFailing} />
      <Figure name={fareNames[2]} line={p99} unit="ms" />
    </span>
  );
}

interface FigureProps {
  readonly name: string;
  readonly line: PlotLine | null;
  readonly unit: string | null;
  readonly isBad?: boolean;
}

function Figure({ name, line, unit, isBad = false }: FigureProps) {
  const last = line?.values.at(-1);
  return (
    <span className="min-w-0">
      <span className="block text-2xs text-ink-3 lg:sr-only">{name}</span>
      <span
        className={cx(
          "flex flex-col items-start gap-x-2 lg:flex-row-reverse lg:items-center lg:justify-start",
          isBad ? "font-semibold text-bad" : "text-ink",
        )}
      >
        <span className="text-[0.8125rem] whitespace-nowrap tabular-nums">
          {last === undefined || last === null ? "–" : formatAmount(last, unit)}
        </span>
        {line && <Sparkline values={line.values} className="w-12 shrink-0" />}
      </span>
    </span>
  );
}

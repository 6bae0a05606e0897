import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { readSeries } from "../api/telemetry-requests.ts";
import { formatAmount } from "../lib/format-amount.ts";
import type { PlotLine } from "../plot/line-plot.tsx";
import { EmptyPart } from "../ui/empty-part.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { smallFieldLook } from "../ui/field.ts";
import { Section } from "../ui/section.tsx";
import { redMetrics, redOf } from "./red-of.ts";
import { wholeSteps } from "./whole-steps.ts";

const LinePlot = lazy(() => import("../plot/line-plot.tsx"));
const heightPx = 132;
/** How far back in hours, in words, and how long a step is drawn then, in seconds. */
const spans = [
  [1, "hour", 60],
  [6, "6 hours", 300],
  [24, "day", 900],
  [168, "7 days", 3600],
] as const;

interface RedSectionProps {
  readonly project: string;
  readonly service: string;
  readonly environment: string;
}

/** How a service fares: requests, the share that fails, and how long the slow ones take. */
export function RedSection({ project, service, environment }: RedSectionProps) {
  const [hours, setHours] = useState(1);
  const {
    data: red,
    error,
    isPending,
  } = useQuery({
    queryKey: ["red", project, service, environment, hours],
    queryFn: async ({ signal }) => {
      const { step_s, ...window } = wholeSteps(Date.now(), hours, spans.find(([value]) => value === hours)?.[2] ?? 60);
      const asked = { metrics: redMetrics, step_s, exact: "true" } as const;
      return redOf(await readSeries({ project, service, environment, ...window }, asked, signal), {
        ...window,
        step_s,
      });
    },
    refetchInterval: 30_000,
  });
  return (
    <Section
      id="red"
      title="How it fares"
      aside={
        <>
          <Link to="/telemetry" search={{ project, service }} className="link">
            All its metrics and log lines
          </Link>
          <select
            aria-label="How far back"
            value={hours}
            onChange={(event) => setHours(Number(event.target.value))}
            className={`${smallFieldLook} ml-auto`}
          >
            {spans.map(([value, words]) => (
              <option key={value} value={value}>
                last {words}
              </option>
            ))}
          </select>
        </>
      }
    >
      {error && <FailureNote error={error} {...(red ? { title: "What you see is not fresh." } : {})} />}
      {red && red.requests === null && (
        <EmptyPart>
          No request of it was seen in {environment} in this time. They are counted from spans: send traces to{" "}
          <code className="font-mono">/v1/traces</code>.
        </EmptyPart>
      )}
      {(isPending || red?.requests) && (
        <div className="grid gap-3 md:grid-cols-3">
          <Picture title="Requests a minute" line={red?.requests} unit={null} />
          <Picture title="Errors, of 100 requests" line={red?.errors} unit="%" />
          <Picture title="p99, 99 of 100 are faster" line={red?.p99} unit="ms" />
        </div>
      )}
    </Section>
  );
}

interface PictureProps {
  readonly title: string;
  /** Undefined while it is read, null where there is none. */
  readonly line: PlotLine | null | undefined;
  readonly unit: string | null;
}

function Picture({ title, line, unit }: PictureProps) {
  const last = line?.values.at(-1);
  return (
    <div className="min-w-0 rounded-lg border border-line bg-panel px-3 pt-2">
      <h3 className="flex items-baseline gap-2 text-xs text-ink-2">
        {title}
        {last !== undefined && last !== null && (
          <span className="ml-auto text-[0.8125rem] font-semibold text-ink">{formatAmount(last, unit)}</span>
        )}
      </h3>
      <div style={{ minHeight: heightPx + 24 }}>
        {line ? (
          <Suspense fallback={null}>
            <LinePlot label={title} lines={[line]} unit={unit} markMs={null} heightPx={heightPx} />
          </Suspense>
        ) : (
          line === null && <p className="pt-8 text-center text-xs text-ink-3">Nothing measured.</p>
        )}
      </div>
    </div>
  );
}

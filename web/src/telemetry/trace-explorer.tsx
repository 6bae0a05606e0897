import type { Trace } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { ApiFailure } from "../api/api-failure.ts";
import { readTrace } from "../api/telemetry-requests.ts";
import { formatDuration } from "../lib/format-duration.ts";
import { formatInstant } from "../lib/format-instant.ts";
import { nameOfKey } from "../topology/topology-words.ts";
import { Button } from "../ui/button.tsx";
import { cx } from "../ui/cx.ts";
import { EmptyNote } from "../ui/empty-note.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { smallFieldLook } from "../ui/field.ts";
import { Chevron } from "../ui/icons.tsx";
import { RowsPending } from "../ui/rows-pending.tsx";
import { layOutSpans, type PlacedSpan } from "./lay-out-spans.ts";
import type { ExplorerProps } from "./telemetry-window.ts";

const rowsMax = 500;

/** One trace as a waterfall: who called whom, when, how long, and what failed. */
export function TraceExplorer({ project, search, onChange }: ExplorerProps) {
  const [id, setId] = useState(search.trace ?? "");
  const trace = search.trace ?? "";
  const { data, error, isFetching } = useQuery({
    queryKey: ["trace", project, trace],
    queryFn: ({ signal }) => readTrace(project, trace, signal),
    enabled: trace !== "",
    retry: false,
    staleTime: 30_000,
  });
  const isUnknown = error instanceof ApiFailure && error.status === 404;
  return (
    <>
      <form
        className="mb-3 flex flex-wrap items-center gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          onChange({ view: "trace", trace: id.trim().toLowerCase() || undefined });
        }}
      >
        <input
          type="search"
          aria-label="Trace id"
          placeholder="Trace id, such as 4bf92f3577b34da6a3ce929d0e0e4736"
          spellCheck={false}
          value={id}
          onChange={(event) => setId(event.target.value)}
          className={`${smallFieldLook} w-[24rem] max-w-full font-mono`}
        />
        <Button type="submit">Open</Button>
      </form>
      {error && !isUnknown && <FailureNote error={error} />}
      {isUnknown && <EmptyNote>{error.message}</EmptyNote>}
      {trace === "" && (
        <EmptyNote>
          Put in a trace id to see its calls over time. Log lines lead to their traces, and so does the evidence of an
          incident.
        </EmptyNote>
      )}
      {trace !== "" && !data && !error && isFetching && <RowsPending label="Loading the trace" />}
      {data && <Waterfall trace={data} />}
    </>
  );
}

function Waterfall({ trace }: { readonly trace: Trace }) {
  const { rows, totalMs } = useMemo(() => layOutSpans(trace.spans), [trace]);
  const failed = trace.spans.filter(({ status }) => status === "error").length;
  const services = new Set(trace.spans.map(({ service_key }) => service_key)).size;
  const first = rows[0]?.span.at;
  return (
    <section aria-label="Waterfall">
      <p className="mb-1.5 text-[0.8125rem] text-ink-2">
        {rows.length} {rows.length === 1 ? "span" : "spans"} of {services} {services === 1 ? "service" : "services"} in{" "}
        {formatDuration(totalMs)}
        {failed > 0 && <strong className="text-bad">, {failed} failed</strong>}
        {first && <span className="text-ink-3">, {formatInstant(first)}</span>}
      </p>
      <ol aria-label="Spans" className="overflow-hidden rounded-lg border border-line bg-panel text-[0.8125rem]">
        {rows.slice(0, rowsMax).map((row) => (
          <SpanRow key={row.span.span_id} row={row} />
        ))}
      </ol>
      {rows.length > rowsMax && <p className="mt-1 text-xs text-ink-3">The first {rowsMax} are shown.</p>}
    </section>
  );
}

function SpanRow({ row: { span, depth, start, width } }: { readonly row: PlacedSpan }) {
  const isFailed = span.status === "error";
  const facts = [
    ["service", span.service_key],
    ["kind", span.kind],
    ["began", formatInstant(span.at)],
    ...(span.route === null ? [] : [["route", span.route]]),
    ...(span.http_status === null ? [] : [["HTTP status", String(span.http_status)]]),
    ...(span.peer === null ? [] : [["calls", `${span.peer.kind} ${span.peer.name}`]]),
    ...Object.entries(span.attributes).map(([name, value]) => [name, String(value)]),
  ] as const;
  return (
    <li className="border-t border-line first:border-0">
      <details>
        <summary className="grid grid-cols-[minmax(0,1fr)_4.5rem] items-center gap-x-3 px-3 py-1.5 -outline-offset-2 hover:bg-sunk sm:grid-cols-[minmax(0,22rem)_minmax(0,1fr)_4.5rem]">
          <span
            className="flex min-w-0 items-center gap-1.5"
            style={{ paddingLeft: `${Math.min(depth, 12) * 0.75}rem` }}
          >
            <Chevron className="text-ink-3" />
            <span className="truncate">
              <span className="font-medium">{nameOfKey(span.service_key)}</span>{" "}
              <span className="text-ink-2">{span.name}</span>
            </span>
            {isFailed && <strong className="text-xs text-bad">failed</strong>}
          </span>
          <span aria-hidden="true" className="relative h-3 rounded-sm bg-sunk max-sm:order-last max-sm:col-span-2">
            <span
              className={cx("absolute inset-y-0 min-w-0.5 rounded-sm", isFailed ? "bg-bad" : "bg-ink-2")}
              style={{ left: `${Math.min(start * 100, 99.6)}%`, width: `${width * 100}%` }}
            />
          </span>
          <span className="text-right text-xs whitespace-nowrap text-ink-2">{formatDuration(span.duration_ms)}</span>
        </summary>
        <dl className="grid grid-cols-[minmax(0,9rem)_minmax(0,1fr)] gap-x-4 gap-y-0.5 bg-sunk px-3 py-2 text-xs sm:pl-9">
          {facts.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-ink-3 [overflow-wrap:anywhere]">{name}</dt>
              <dd className="font-mono [overflow-wrap:anywhere]">{value}</dd>
            </div>
          ))}
          {span.events.map((event, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: events have no identity
            <div key={index} className="contents">
              <dt className="font-semibold text-bad [overflow-wrap:anywhere]">{event.name}</dt>
              <dd className="font-mono whitespace-pre-wrap [overflow-wrap:anywhere]">
                {Object.entries(event.attributes)
                  .map(([name, value]) => `${name}: ${value}`)
                  .join("\n")}
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </li>
  );
}

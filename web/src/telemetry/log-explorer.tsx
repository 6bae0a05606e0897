import { type LogLines, logSeverities } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { readLogs } from "../api/telemetry-requests.ts";
import { formatInstant } from "../lib/format-instant.ts";
import { nameOfKey } from "../topology/topology-words.ts";
import { Button } from "../ui/button.tsx";
import { cx } from "../ui/cx.ts";
import { EmptyNote } from "../ui/empty-note.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { smallFieldLook } from "../ui/field.ts";
import { CrossIcon } from "../ui/icons.tsx";
import { RowsPending } from "../ui/rows-pending.tsx";
import type { ExplorerProps } from "./telemetry-window.ts";

/** The newest log lines of the window that hold some words, are bad enough, or are alike. */
export function LogExplorer({ project, search, window, onChange }: ExplorerProps) {
  const [words, setWords] = useState(search.words ?? "");
  const { service, severity, template, trace } = search;
  const asked = { project, ...window, service };
  const filter = { words: search.words, severity, template_id: template, trace_id: trace };
  const { data, error, isPending } = useQuery({
    queryKey: ["logs", asked, filter],
    queryFn: ({ signal }) => readLogs(asked, filter, signal),
    staleTime: 10_000,
  });
  return (
    <>
      <form
        className="mb-3 flex flex-wrap items-center gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          onChange({ words: words.trim() || undefined });
        }}
      >
        <input
          type="search"
          aria-label="Words that a line holds"
          placeholder="Words that a line holds"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          className={`${smallFieldLook} w-72 max-w-full`}
        />
        <select
          aria-label="At least this bad"
          value={severity ?? ""}
          onChange={(event) => onChange({ severity: event.target.value || undefined })}
          className={smallFieldLook}
        >
          <option value="">Any severity</option>
          {logSeverities.map((one) => (
            <option key={one} value={one}>
              {one} or worse
            </option>
          ))}
        </select>
        <Button type="submit">Look</Button>
        {template !== undefined && (
          <Filter words={`template ${template.slice(0, 12)}`} onDrop={() => onChange({ template: undefined })} />
        )}
        {trace !== undefined && (
          <Filter words={`trace ${trace.slice(0, 8)}`} onDrop={() => onChange({ trace: undefined })} />
        )}
      </form>
      {error && <FailureNote error={error} />}
      {isPending && <RowsPending label="Loading log lines" />}
      {data && data.items.length === 0 && (
        <EmptyNote>
          <p className="font-semibold text-ink">No such line came in this window.</p>
          <p className="mx-auto mt-1 max-w-[60ch]">
            Choose a longer window or fewer words. Log lines come by OpenTelemetry to{" "}
            <code className="font-mono">/v1/logs</code>.
          </p>
        </EmptyNote>
      )}
      {data && data.items.length > 0 && (
        <>
          <p className="mb-1.5 text-xs text-ink-3">
            {data.items.length === 200 ? "The newest 200 lines" : `${data.items.length} lines`}, newest first.
          </p>
          <ol aria-label="Log lines" className="overflow-hidden rounded-lg border border-line bg-panel">
            {data.items.toReversed().map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity, and two may be alike in everything
              <Line key={index} line={line} project={project} onChange={onChange} />
            ))}
          </ol>
        </>
      )}
    </>
  );
}

const loud: Readonly<Record<string, string>> = {
  fatal: "text-bad font-semibold",
  error: "text-bad font-semibold",
  warn: "text-warn font-semibold",
};

interface LineProps {
  readonly line: LogLines["items"][number];
  readonly project: string;
  readonly onChange: ExplorerProps["onChange"];
}

function Line({ line, project, onChange }: LineProps) {
  const { at, severity, service_key, body, template_id, trace_id } = line;
  const small = "rounded border border-line px-1.5 text-2xs leading-5 text-ink-2 hover:border-edge hover:text-ink";
  return (
    <li className="grid gap-x-3 border-t border-line px-3 py-1.5 text-xs first:border-0 sm:grid-cols-[8.5rem_3.5rem_minmax(0,1fr)_auto]">
      <time dateTime={at} className="text-ink-3 tabular-nums" title={formatInstant(at)}>
        {at.slice(5, 23).replace("T", " ")}
      </time>
      <span className={cx("max-sm:hidden", loud[severity] ?? "text-ink-3")}>{severity}</span>
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <span className={cx("mr-2 sm:hidden", loud[severity] ?? "text-ink-3")}>{severity}</span>
        <span className="mr-2 text-ink-3">{nameOfKey(service_key)}</span>
        <span className="font-mono whitespace-pre-wrap">{body}</span>
      </span>
      <span className="flex gap-1.5">
        {template_id && (
          <button
            type="button"
            className={small}
            title="Lines of the same template only"
            onClick={() => onChange({ template: template_id, words: undefined })}
          >
            alike
          </button>
        )}
        {trace_id && (
          <Link to="/telemetry" search={{ project, view: "trace", trace: trace_id }} className={small}>
            trace
          </Link>
        )}
      </span>
    </li>
  );
}

function Filter({ words, onDrop }: { readonly words: string; readonly onDrop: () => void }) {
  return (
    <button
      type="button"
      aria-label={`No longer only ${words}`}
      onClick={onDrop}
      className="inline-flex h-7 items-center gap-1 rounded-full border border-edge px-2.5 text-xs hover:bg-sunk"
    >
      {words}
      <CrossIcon className="size-3" />
    </button>
  );
}

import type { Evidence } from "@culprit/contract";
import { Link } from "@tanstack/react-router";
import { labelsOfRef } from "../lib/labels-of-ref.ts";
import { type BlameRow, parseBlame } from "../lib/parse-blame.ts";
import { looksLikeDiff } from "../lib/parse-diff.ts";
import { searchOfRef } from "../telemetry/telemetry-window.ts";
import { CodeLine } from "../ui/code-line.tsx";
import { DiffView } from "../ui/diff-view.tsx";
import { LogText } from "../ui/log-text.tsx";
import { ScrollBox } from "../ui/scroll-box.tsx";
import { Sha } from "../ui/sha.tsx";
import { Time } from "../ui/time.tsx";
import { EvidenceSeries } from "./evidence-series.tsx";

/** A piece of evidence as it was when it was read, and where it was read. */
export function EvidenceView({
  evidence,
  project,
  firstAt = null,
}: {
  readonly evidence: Evidence;
  readonly project: string;
  /** When the incident was first seen, for what is drawn over time. */
  readonly firstAt?: string | null;
}) {
  const telemetry = searchOfRef(evidence.ref);
  const labels = evidence.kind === "metric_series" ? labelsOfRef(evidence.ref) : "";
  return (
    <figure className="min-w-0">
      <figcaption className="mb-1.5 text-xs text-ink-3">
        <span className="flex flex-wrap gap-x-3">
          <span className="font-medium text-ink">{evidence.title}</span>
          {labels !== "" && <span className="font-mono text-ink [overflow-wrap:anywhere]">{labels}</span>}
          {telemetry && (
            <Link to="/telemetry" search={{ ...telemetry, project } as never} className="link">
              Open in telemetry
            </Link>
          )}
          <span>
            read <Time at={evidence.created_at} />
          </span>
        </span>
        <span className="line-clamp-1 font-mono text-2xs break-all" title={evidence.ref}>
          {evidence.ref.startsWith(`${evidence.source}:`) ? "" : `${evidence.source}: `}
          {evidence.ref}
        </span>
      </figcaption>
      {evidence.kind === "metric_series" ? (
        <EvidenceSeries evidence={evidence} firstAt={firstAt} />
      ) : (
        <Snapshot evidence={evidence} />
      )}
    </figure>
  );
}

function Snapshot({ evidence }: { readonly evidence: Evidence }) {
  const { snapshot, title } = evidence;
  if (looksLikeDiff(snapshot)) return <DiffView diff={snapshot} />;
  const blame = parseBlame(snapshot);
  return blame ? <BlameTable rows={blame} /> : <LogText text={snapshot} label={title} />;
}

function BlameTable({ rows }: { readonly rows: readonly BlameRow[] }) {
  return (
    <ScrollBox label="Blame" className="overflow-x-auto rounded-md border border-line bg-panel">
      <table className="w-full border-collapse text-xs leading-5">
        <thead className="sr-only">
          <tr>
            <th>Commit</th>
            <th>Author or file</th>
            <th>Date</th>
            <th>Line</th>
            <th>Code</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => {
            const before = rows[index - 1];
            const isSame = before?.sha === row.sha && before.path === row.path;
            return (
              <tr key={`${row.path}:${row.line}`} className={isSame ? "" : "border-t border-line first:border-0"}>
                <td className="py-px pr-3 pl-3">{isSame ? null : <Sha sha={row.sha} />}</td>
                <td className="pr-3 whitespace-nowrap text-ink-2">{isSame ? null : (row.author ?? row.path)}</td>
                <td className="pr-3 whitespace-nowrap text-ink-3">{isSame ? null : row.date}</td>
                <td className="border-l border-line px-3 text-right font-mono text-ink-3 select-none">{row.line}</td>
                <td className="pr-4 font-mono whitespace-pre">
                  <CodeLine text={row.code} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollBox>
  );
}

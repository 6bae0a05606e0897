import type { IncidentSummary } from "@culprit/contract";
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import { shortSha } from "../lib/short-sha.ts";
import { RegressionMark, StatusWord, VerdictChip } from "../ui/chips.tsx";
import { MarkedText } from "../ui/marked-text.tsx";
import { SeverityMark } from "../ui/severity-mark.tsx";
import { Time } from "../ui/time.tsx";

const columns = "lg:grid-cols-[0.875rem_minmax(0,1fr)_11rem_5.5rem_4.5rem_5.5rem] lg:gap-x-4";

/** The head of the columns, where there are columns. */
export function IncidentRowsHead() {
  return (
    <div aria-hidden="true" className={`eyebrow hidden border-b border-line bg-sunk px-4 py-1.5 lg:grid ${columns}`}>
      <span className="col-start-2">What failed, and why</span>
      <span>Where</span>
      <span>Culprit</span>
      <span className="text-right">Count</span>
      <span className="text-right">Last seen</span>
    </div>
  );
}

/** One incident of the list; the whole row is the link. */
export const IncidentRow = memo(function IncidentRow({ incident }: { readonly incident: IncidentSummary }) {
  const { verdict, verdict_summary: summary, culprit_commit: culprit } = incident;
  return (
    <li className="border-t border-line first:border-0">
      <Link
        to="/incidents/$id"
        params={{ id: incident.id }}
        data-row=""
        className={`grid grid-cols-[0.875rem_minmax(0,1fr)] items-start gap-x-3 gap-y-1 px-4 py-2.5 -outline-offset-2 hover:bg-sunk focus-visible:bg-sunk ${columns}`}
      >
        <span className="pt-[0.2rem]">
          <SeverityMark severity={incident.severity} />
        </span>
        <span className="min-w-0">
          <span
            className="block font-semibold [overflow-wrap:anywhere] max-lg:line-clamp-2 lg:truncate"
            title={incident.title}
          >
            {incident.title}
          </span>
          <span
            className="mt-1 block text-[0.8125rem] leading-5 text-ink-2 max-lg:line-clamp-3 lg:truncate"
            title={summary ?? undefined}
          >
            {verdict && !incident.part_of && (
              <span className="mr-2 align-top">
                <VerdictChip verdict={verdict} />
              </span>
            )}
            {incident.part_of ? (
              `Part of ${incident.part_of.title}`
            ) : summary ? (
              <MarkedText text={summary} sha={culprit} mark="max-lg:marked" />
            ) : (
              <NoVerdict incident={incident} />
            )}
          </span>
        </span>
        <span className="col-start-2 flex min-w-0 flex-wrap gap-x-3 text-[0.8125rem] text-ink-2 lg:col-start-auto lg:block">
          <span className="block truncate" title={`${incident.service ?? "no service"} · ${incident.environment}`}>
            <span className="text-ink">{incident.service ?? "no service"}</span> · {incident.environment}
          </span>
          <span className="flex flex-wrap gap-x-3 text-xs leading-6 text-ink-3 max-lg:leading-5">
            <StatusWord status={incident.status} isPart={incident.part_of !== null} />
            {incident.is_regression && <RegressionMark />}
          </span>
        </span>
        <span className="col-start-2 flex gap-4 text-xs text-ink-2 lg:contents lg:text-[0.8125rem]">
          <span className="font-mono text-xs leading-5 max-lg:hidden">
            {culprit ? <mark className="marked">{shortSha(culprit)}</mark> : <span className="text-ink-3">—</span>}
          </span>
          <span className="lg:text-right lg:text-[0.8125rem]">
            <span className="sr-only">seen </span>
            {incident.occurrence_count.toLocaleString("en")}
            <span className="lg:sr-only"> ×</span>
          </span>
          <span className="lg:text-right lg:text-[0.8125rem]">
            <span className="sr-only">last seen </span>
            <Time at={incident.last_seen_at} />
          </span>
        </span>
      </Link>
    </li>
  );
});

function NoVerdict({ incident: { status, suppressed_reason } }: { readonly incident: IncidentSummary }) {
  if (status === "suppressed")
    return suppressed_reason === null ? "Suppressed before it was investigated." : `Suppressed: ${suppressed_reason}`;
  if (status === "resolved") return "Resolved without a verdict.";
  if (status === "failed" || status === "agent_failed") return "The investigation failed.";
  return "No verdict yet.";
}

import type { Change, IncidentDetail } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { readChanges } from "../api/change-requests.ts";
import { spanWords } from "../lib/span-words.ts";
import { changeWords } from "../lib/words.ts";
import { Tag } from "../ui/chips.tsx";
import { cx } from "../ui/cx.ts";
import { FailureNote } from "../ui/failure-note.tsx";
import { Section } from "../ui/section.tsx";
import { Sha } from "../ui/sha.tsx";
import { Time } from "../ui/time.tsx";

const DAY_MS = 86_400_000;
const AFTER_MS = 15 * 60_000;

/** What people changed in the day before the failure and shortly after, nearest first; what is blamed is marked. */
export function WhatChanged({ incident }: { readonly incident: IncidentDetail }) {
  const { project_id: project, environment, first_seen_at: firstAt, culprit_commit: culprit, hypotheses } = incident;
  const first = Date.parse(firstAt);
  const { data, error } = useQuery({
    queryKey: ["changes", incident.id, firstAt],
    queryFn: ({ signal }) =>
      readChanges(
        {
          ...{ project, environment },
          from: new Date(first - DAY_MS).toISOString(),
          to: new Date(first + AFTER_MS).toISOString(),
        },
        signal,
      ),
    staleTime: 10_000,
  });
  const blamed = hypotheses.find(({ rank }) => rank === 1)?.change_id ?? null;
  const isBlamed = (change: Change) =>
    incident.verdict !== "inconclusive" &&
    (change.id === blamed ||
      (culprit !== null && change.kind === "deployment" && change.commit_sha === incident.commit_sha));
  return (
    <Section id="changes" title="What changed" aside="in the day before, and fifteen minutes after">
      {error && <FailureNote error={error} />}
      {data && data.items.length === 0 && (
        <p className="rounded-md border border-dashed border-edge px-4 py-5 text-ink-2">
          Nothing is known to have changed. Report deployments (POST /api/deployments) and settings (POST /api/changes),
          or connect GitHub, a server of feature flags or a database's schema.
        </p>
      )}
      {data && data.items.length > 0 && (
        <ol className="overflow-hidden rounded-lg border border-line bg-panel text-[0.8125rem]">
          {data.items.map((change) => {
            const lag = first - Date.parse(change.at);
            return (
              <li
                key={change.id}
                className={cx(
                  "grid gap-x-3 gap-y-0.5 border-t border-line px-3 py-2 first:border-0 sm:grid-cols-[8.5rem_minmax(0,1fr)_auto]",
                  isBlamed(change) && "border-l-4 border-l-mark-line",
                )}
              >
                <span className="text-ink-3" title={change.at}>
                  {lag >= 0 ? `${spanWords(lag)} before` : `${spanWords(-lag)} after`}
                </span>
                <span className="min-w-0 [overflow-wrap:anywhere]">
                  {change.title}
                  {change.commits !== null && change.commits > 0 && (
                    <span className="text-ink-3">
                      {change.kind === "rollback" ? ", took out " : ", "}
                      {change.commits} {change.commits === 1 ? "commit" : "commits"}
                    </span>
                  )}
                  {change.actor && <span className="text-ink-3"> by {change.actor}</span>}
                </span>
                <span className="flex items-center gap-2">
                  {change.commit_sha && <Sha sha={change.commit_sha} />}
                  <Tag>{changeWords[change.kind]}</Tag>
                  <span className="sr-only">
                    <Time at={change.at} />
                  </span>
                </span>
              </li>
            );
          })}
        </ol>
      )}
      {data?.next_cursor && <p className="mt-1 text-xs text-ink-3">There are more; these are the latest.</p>}
    </Section>
  );
}

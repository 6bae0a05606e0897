import type { Change, IncidentDetail } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { readChanges } from "../api/change-requests.ts";
import { ChangeRow } from "../change/change-row.tsx";
import { formatInstant } from "../lib/format-instant.ts";
import { distanceWords } from "../lib/span-words.ts";
import { EmptyPart } from "../ui/empty-part.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Section } from "../ui/section.tsx";

const DAY_MS = 86_400_000;
const AFTER_MS = 15 * 60_000;

/** What people changed in the day before the failure and shortly after, newest first; what is blamed is marked. */
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
        <EmptyPart>
          Nothing is known to have changed. Report deployments (POST /api/deployments) and settings (POST /api/changes),
          or connect GitHub, a server of feature flags or a database's schema.
        </EmptyPart>
      )}
      {data && data.items.length > 0 && (
        <ol className="overflow-hidden rounded-lg border border-line bg-panel text-[0.8125rem]">
          {data.items.map((change) => {
            const lead = first - Date.parse(change.at);
            return (
              <ChangeRow
                key={change.id}
                change={change}
                isMarked={isBlamed(change)}
                when={
                  <time dateTime={change.at} title={formatInstant(change.at)}>
                    {distanceWords(lead)}
                  </time>
                }
              />
            );
          })}
        </ol>
      )}
      {data?.next_cursor && <p className="mt-1 text-xs text-ink-3">There are more; these are the latest.</p>}
    </Section>
  );
}

import { useQuery } from "@tanstack/react-query";
import { readChanges } from "../api/change-requests.ts";
import { ChangeRow } from "../change/change-row.tsx";
import { EmptyPart } from "../ui/empty-part.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Section } from "../ui/section.tsx";
import { Time } from "../ui/time.tsx";

const shown = 12;

interface RecentChangesProps {
  readonly project: string;
  /** A service's name. */
  readonly service: string;
  readonly environment: string;
}

/** What people changed of a service of late, newest first. */
export function RecentChanges({ project, service, environment }: RecentChangesProps) {
  const { data, error } = useQuery({
    queryKey: ["changes", project, service, environment],
    queryFn: ({ signal }) => readChanges({ project, service, environment }, signal),
    refetchInterval: 30_000,
  });
  return (
    <Section id="recent-changes" title="What changed" aside={`in ${environment}, newest first`}>
      {error && <FailureNote error={error} />}
      {data && data.items.length === 0 && (
        <EmptyPart>
          Nothing is known to have changed. Report deployments (<code className="font-mono">POST /api/deployments</code>
          ) and settings (<code className="font-mono">POST /api/changes</code>).
        </EmptyPart>
      )}
      {data && data.items.length > 0 && (
        <ol
          aria-label="What changed"
          className="overflow-hidden rounded-lg border border-line bg-panel text-[0.8125rem]"
        >
          {data.items.slice(0, shown).map((change) => (
            <ChangeRow key={change.id} change={change} when={<Time at={change.at} />} />
          ))}
        </ol>
      )}
    </Section>
  );
}

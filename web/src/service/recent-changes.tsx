import { useQuery } from "@tanstack/react-query";
import { readChanges } from "../api/change-requests.ts";
import { changeWords } from "../lib/words.ts";
import { Tag } from "../ui/chips.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Section } from "../ui/section.tsx";
import { Sha } from "../ui/sha.tsx";
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
        <p className="rounded-md border border-dashed border-edge px-4 py-5 text-ink-2">
          Nothing is known to have changed. Report deployments (<code className="font-mono">POST /api/deployments</code>
          ) and settings (<code className="font-mono">POST /api/changes</code>).
        </p>
      )}
      {data && data.items.length > 0 && (
        <ol
          aria-label="What changed"
          className="overflow-hidden rounded-lg border border-line bg-panel text-[0.8125rem]"
        >
          {data.items.slice(0, shown).map((change) => (
            <li
              key={change.id}
              className="grid gap-x-3 gap-y-0.5 border-t border-line px-3 py-2 first:border-0 sm:grid-cols-[6rem_minmax(0,1fr)_auto]"
            >
              <span className="text-ink-3">
                <Time at={change.at} />
              </span>
              <span className="min-w-0 [overflow-wrap:anywhere]">
                {change.title}
                {change.actor && <span className="text-ink-3"> by {change.actor}</span>}
                {change.service === null && <span className="text-ink-3"> (concerns every service)</span>}
              </span>
              <span className="flex items-center gap-2">
                {change.commit_sha && <Sha sha={change.commit_sha} />}
                <Tag>{changeWords[change.kind]}</Tag>
              </span>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}

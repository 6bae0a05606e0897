import type { IncidentDetail } from "@culprit/contract";
import type { ReactNode } from "react";
import { Sha } from "../ui/sha.tsx";
import { Time } from "../ui/time.tsx";

/** The facts that people ask for first, in one strip. */
export function Facts({ incident }: { readonly incident: IncidentDetail }) {
  const { file_path: path, line_number: line, release, commit_sha: commit, culprit_commit: culprit } = incident;
  return (
    <dl className="mt-7 grid grid-cols-2 gap-x-8 gap-y-3 border-y border-line py-3 sm:flex sm:flex-wrap">
      <Fact name="Occurrences">{incident.occurrence_count.toLocaleString("en")}</Fact>
      <Fact name="First seen">
        <Time at={incident.first_seen_at} />
      </Fact>
      <Fact name="Last seen">
        <Time at={incident.last_seen_at} />
      </Fact>
      {incident.resolved_at && (
        <Fact name="Resolved">
          <Time at={incident.resolved_at} />
        </Fact>
      )}
      {culprit && (
        <Fact name="Culprit">
          <Sha sha={culprit} isMarked />
        </Fact>
      )}
      {commit && (
        <Fact name="Was running">
          <Sha sha={commit} />
        </Fact>
      )}
      {release && release !== commit && <Fact name="Release">{release}</Fact>}
      {path && (
        <Fact name="Failed at">
          <span className="font-mono text-[0.92em] [overflow-wrap:anywhere]">
            {path}
            {line !== null && `:${line}`}
          </span>
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="eyebrow">{name}</dt>
      <dd className="[overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}

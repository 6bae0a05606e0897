import type { IncidentDetail } from "@culprit/contract";
import { lazy, Suspense, useMemo } from "react";
import { chartData, splitMarks } from "../lib/chart-data.ts";
import { formatInstant } from "../lib/format-instant.ts";
import { Section } from "../ui/section.tsx";
import { Sha } from "../ui/sha.tsx";
import { Time } from "../ui/time.tsx";
import { chartHeightPx } from "./chart-height.ts";

const OccurrenceChart = lazy(() => import("./occurrence-chart.tsx"));

type Deployment = IncidentDetail["deployments"][number];

/** How often it happened and when, against what was deployed. */
export function Occurrences({ incident }: { readonly incident: IncidentDetail }) {
  const { series, deployments, commit_sha: runningSha } = incident;
  // The highlighter is for what did it: without a verdict against a commit the running revision is named, not marked.
  const isBlamed = incident.culprit_commit !== null && incident.verdict !== "inconclusive";
  const data = useMemo(() => chartData(series.bucket_s, series.points), [series]);
  const { near } = useMemo(() => splitMarks(data, deployments), [data, deployments]);
  const peak = Math.max(0, ...data.counts);
  return (
    <Section
      id="occurrences"
      title="Occurrences"
      aside={`by ${bucketWords(series.bucket_s)}, at most ${peak.toLocaleString("en")}`}
    >
      <div style={{ height: chartHeightPx }}>
        {series.points.length === 0 ? (
          <p className="grid h-full place-content-center rounded-md border border-dashed border-edge text-ink-2">
            No occurrence was stored with a time.
          </p>
        ) : (
          <Suspense>
            <OccurrenceChart data={data} deployments={near} runningSha={runningSha} isBlamed={isBlamed} />
          </Suspense>
        )}
      </div>
      <Deployments deployments={deployments} runningSha={runningSha} isBlamed={isBlamed} />
    </Section>
  );
}

interface DeploymentsProps {
  readonly deployments: readonly Deployment[];
  readonly runningSha: string | null;
  readonly isBlamed: boolean;
}

/** The same marks in words, for those who can't hover and for deployments outside the chart. */
function Deployments({ deployments, runningSha, isBlamed }: DeploymentsProps) {
  if (deployments.length === 0) {
    return (
      <p className="mt-2 text-[0.8125rem] text-ink-3">
        No deployment is known. Report them with POST /api/deployments, and Culprit can tell which revision ran.
      </p>
    );
  }
  return (
    <ul aria-label="Deployments" className="mt-2 flex flex-wrap gap-x-6 gap-y-1 text-[0.8125rem] text-ink-2">
      {deployments.map((deployment) => (
        <li
          key={deployment.id}
          title={`${deployment.deploy_type}, ${deployment.origin}, ${formatInstant(deployment.started_at)}`}
        >
          {deployment.commit_sha ? (
            <Sha sha={deployment.commit_sha} isMarked={isBlamed && deployment.commit_sha === runningSha} />
          ) : (
            <span>{deployment.release ?? "unknown revision"}</span>
          )}
          {deployment.commit_sha &&
            deployment.release &&
            !deployment.commit_sha.startsWith(deployment.release) &&
            ` ${deployment.release}`}
          <span className="text-ink-3">
            {" "}
            <Time at={deployment.started_at} />
            {deployment.commit_sha !== null && deployment.commit_sha === runningSha && ", ran when it failed"}
          </span>
        </li>
      ))}
    </ul>
  );
}

function bucketWords(bucketS: number): string {
  if (bucketS % 86_400 === 0) return bucketS === 86_400 ? "day" : `${bucketS / 86_400} days`;
  if (bucketS % 3600 === 0) return bucketS === 3600 ? "hour" : `${bucketS / 3600} hours`;
  if (bucketS % 60 === 0) return bucketS === 60 ? "minute" : `${bucketS / 60} minutes`;
  return bucketS === 1 ? "second" : `${bucketS} s`;
}

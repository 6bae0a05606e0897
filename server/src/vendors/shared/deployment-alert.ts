import type { Alert } from "@culprit/contract";
import { cutText } from "./cut-text.ts";

/** What a platform says of a deployment. */
export interface DeploymentNews {
  /** The platform, as it stands in the fingerprint. */
  readonly vendor: string;
  /** What was deployed, the same for each deployment of it: a project, a workflow and its branch. */
  readonly what: string;
  readonly outcome: "failed" | "succeeded";
  readonly service: string | null;
  readonly environment: string | null;
  readonly reason: string | null;
  readonly at: Date;
  readonly url: string | null;
  readonly labels: Readonly<Record<string, string | null>>;
  /** The platform's own id of what it says here; null where it has none. */
  readonly id: string | null;
}

export const DEPLOYMENT_SUCCEEDED = { status: 200, body: { message: "Deployment succeeded" } } as const;
const REASON_CHARS = 4_000;

/**
 * A deployment as an alert: one that fails opens an incident or joins that of the failure before, one that succeeds afterwards ends it. The commit
 * is a label and not the revision: what failed to deploy never ran.
 */
export function deploymentAlert(news: DeploymentNews): Alert {
  const { vendor, what, outcome, service, environment, reason, at, url, id } = news;
  const labels = Object.entries(news.labels).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as const],
  );
  return {
    status: outcome === "failed" ? "firing" : "resolved",
    fingerprint: `${vendor}:deployment:${what}`.slice(0, 500),
    title: cutText(`Deployment failed: ${what}`, 300),
    description: cutText(reason ?? "", REASON_CHARS),
    severity: environment === null || /^prod/i.test(environment) ? "high" : "medium",
    ...{ service, environment, startsAt: at, endsAt: outcome === "failed" ? null : at, url },
    labels: { kind: "deployment", ...Object.fromEntries(labels) },
    ...(id === null ? {} : { noticeId: id }),
  };
}

const TAIL_LINES = 40;

/** The end of a log, from the first of its last lines that tells of an error, without colours and the stamps of runners. */
export function tailOfLog(log: string): string {
  const lines = log
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours of a terminal are
    .replace(/\x1b\[[0-9;]*[A-Za-z]/g, "")
    .split(/\r?\n/)
    .map((line) =>
      line.replace(/^\uFEFF?\d{4}-\d\d-\d\dT[\d:.]+Z ?/, "").replace(/^##\[(error|group|endgroup|command)\]/, ""),
    )
    .filter((line) => line.trim() !== "");
  const failing = lines.findLastIndex((line) => /\b(error|failed|fatal|exception)\b/i.test(line));
  const end = failing === -1 ? lines.length : Math.min(lines.length, failing + 10);
  return lines.slice(Math.max(0, end - TAIL_LINES), end).join("\n");
}

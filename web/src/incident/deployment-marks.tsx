import type { IncidentDetail } from "@culprit/contract";
import { formatInstant } from "../lib/format-instant.ts";
import { placeLabels } from "../lib/place-labels.ts";
import { shortSha } from "../lib/short-sha.ts";
import { cx } from "../ui/cx.ts";

const labelWidthPx = 72;
const rowsMax = 4;

interface DeploymentMarksProps {
  readonly deployments: IncidentDetail["deployments"];
  readonly runningSha: string | null;
  /** True where the verdict blames a commit: then the revision that carried it is marked. */
  readonly isBlamed: boolean;
  /** Where the bars are drawn, in pixels of the chart. */
  readonly area: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  readonly window: readonly [number, number];
}

/** A line through the chart for each deployment, with its short id; the revision that ran at the failure is marked. */
export function DeploymentMarks({
  deployments,
  runningSha,
  isBlamed,
  area,
  window: [low, high],
}: DeploymentMarksProps) {
  if (area.width === 0) return null;
  const marks = deployments
    .map((deployment) => ({
      deployment,
      name: nameOf(deployment),
      x: ((Date.parse(deployment.started_at) / 1000 - low) / (high - low)) * area.width,
    }))
    .sort((a, b) => a.x - b.x);
  const rows = placeLabels(
    marks.map(({ x }) => Math.min(x, area.width - labelWidthPx)),
    labelWidthPx,
  );
  return marks.map(({ deployment, name, x }, index) => {
    const { id, commit_sha: sha, release, deploy_type: type, origin, started_at: at } = deployment;
    const isRunning = sha !== null && sha === runningSha;
    const before = marks[index - 1];
    const isTold = before?.name === name && x - before.x < labelWidthPx;
    const isFlipped = x > area.width - labelWidthPx;
    return (
      <div
        key={id}
        className="pointer-events-none absolute z-10"
        style={{ left: area.left + x, top: area.top - 24, height: area.height + 24 }}
      >
        <div
          className={cx(
            "absolute inset-y-0 -left-px",
            isRunning && isBlamed ? "w-0.5 bg-mark-line" : "w-px border-l border-dashed border-edge",
          )}
        />
        {!isTold && (
          <span
            className={cx(
              "pointer-events-auto absolute px-1 font-mono text-[0.6875rem] leading-4 whitespace-nowrap",
              isFlipped ? "right-1" : "left-1",
              isRunning && isBlamed ? "marked" : "rounded-[3px] bg-paper text-ink-2",
            )}
            style={{ top: Math.min(rows[index] ?? 0, rowsMax - 1) * 18 }}
            title={[sha, release, `${type}, ${origin}`, formatInstant(at), isRunning ? "ran when it failed" : null]
              .filter(Boolean)
              .join("\n")}
          >
            {name}
          </span>
        )}
      </div>
    );
  });
}

function nameOf({ commit_sha: sha, release }: IncidentDetail["deployments"][number]): string {
  return sha ? shortSha(sha) : (release ?? "?").slice(0, 10);
}

import type { CheckFinding } from "@culprit/contract";
import { checkDatabase } from "../../platform/db/check/check-database.ts";
import { settleOwnFaults } from "../incident/index.ts";
import { queueState } from "./queue-state.ts";
import { type RecordedRun, recordRun } from "./record-run.ts";
import type { UpkeepDeps } from "./upkeep-deps.ts";
import { watchBackups } from "./watch-backups.ts";

/** Jobs that wait and are due: more than a busy minute's. */
const JOBS_MAX = 10_000;
/** How long an execution that is due may wait before it is called starved, in s. */
const DUE_MAX_S = 600;
const FAULT_KIND = "database_check";
const DAY_MS = 86_400_000;
const severities = ["low", "medium", "high", "critical"] as const;

export interface CheckDone {
  readonly findings: readonly CheckFinding[];
}

/**
 * Checks database, queue and backups, keeps what was found, and has one fault of Culprit's own stand for each kind of
 * finding, with its remedy; a kind that is found no more is resolved. Null where another process is at it.
 */
export async function checkInstallation(deps: UpkeepDeps): Promise<RecordedRun<CheckDone> | null> {
  return recordRun(deps, "check", async () => {
    const findings = await findFaults(deps);
    const kinds = Map.groupBy(findings, ({ kind }) => kind);
    const faults = [...kinds].map(([kind, ofKind]) => faultOf(kind, ofKind));
    await settleOwnFaults(deps, FAULT_KIND, faults);
    await watchBackups(deps);
    return { findings };
  });
}

/** What is wrong at the moment; changes nothing. */
export async function findFaults({
  database,
  sampler,
  telemetry,
  now,
}: Pick<UpkeepDeps, "database" | "sampler" | "telemetry" | "now">): Promise<CheckFinding[]> {
  const longQueries = sampler?.since(new Date(now().getTime() - DAY_MS)) ?? [];
  const findings = await checkDatabase(database.pool, { now: now(), longQueries });
  const queue = await queueState(database);
  const jobs = Object.values(queue.waiting).reduce((sum, count) => sum + count, 0);
  if (jobs > JOBS_MAX)
    findings.push({
      ...{ kind: "queue_depth", severity: "high", subject: "queue", title: "The queue is long" },
      detail: `${jobs} jobs are due and wait: ${Object.entries(queue.waiting)
        .map(([name, count]) => `${name} ${count}`)
        .join(", ")}.`,
      remedy: "Start a further server or raise workers; see what the running executions wait for.",
    });
  if (queue.oldestDueS !== null && queue.oldestDueS > DUE_MAX_S)
    findings.push({
      ...{ kind: "execution_overdue", severity: "high", subject: "executions", title: "Executions are not taken up" },
      detail: `The oldest execution that is due has waited for ${Math.round(queue.oldestDueS / 60)} minutes.`,
      remedy: "See that a process with workers > 0 runs; raise workers where heavy steps hold all of them.",
    });
  const engine = await telemetry?.check();
  if (engine?.isHealthy === false)
    findings.push({
      ...{ kind: "engine_unhealthy", severity: "critical", subject: engine.engine, title: "Telemetry can't be kept" },
      detail: engine.message,
      remedy: "Start the engine again or correct its URL; senders are refused meanwhile and try again by themselves.",
    });
  return findings;
}

function faultOf(kind: string, findings: readonly CheckFinding[]) {
  const worst = Math.max(...findings.map(({ severity }) => severities.indexOf(severity)));
  const others = findings.length - 1;
  return {
    ...{ projectId: null, fingerprint: kind, severity: severities[worst] ?? "low" },
    title: `${findings[0]?.title ?? kind}${others > 0 ? `, and ${others} more like it` : ""}`,
    detail: findings
      .slice(0, 20)
      .map(({ detail, remedy }) => `${detail} What to do: ${remedy}`)
      .join("\n"),
  };
}

import type { GateHistoryReply, GatePolicy, ShadowDecision } from "@culprit/contract";
import type { Kysely } from "kysely";
import { judgeCase } from "../../../analysis/gate/judge-case.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { gatherCases } from "./gather-cases.ts";

const INCIDENTS_MAX = 5_000;
const DIFFERENCES_MAX = 100;

/**
 * What a policy would have decided about the project's incidents of the last days, beside what was decided; nothing is changed. What
 * still waits to be decided is left out.
 */
export async function tryOnHistory(
  db: Kysely<DB>,
  { projectId, policy, days, now }: { projectId: string; policy: GatePolicy; days: number; now: Date },
): Promise<GateHistoryReply> {
  const since = new Date(now.getTime() - days * 86_400_000);
  const cases = await gatherCases(db, projectId, policy, { since, incidentsMax: INCIDENTS_MAX });
  const byRule: Record<string, number> = {};
  const differences: ShadowDecision[] = [];
  const counts = { approved: 0, suppressed: 0 };
  for (const one of cases) {
    const { decision, rule, rationale } = judgeCase(one, policy);
    if (decision === "wait") continue;
    counts[decision] += 1;
    byRule[rule] = (byRule[rule] ?? 0) + 1;
    if (one.actual === null || one.actual.decision === decision) continue;
    differences.push({
      ...{ incident_id: one.publicId, title: one.title, decided_at: one.actual.at.toISOString() },
      ...{ actual: one.actual.decision, decision, rule, rationale },
    });
  }
  return {
    days,
    incidents: counts.approved + counts.suppressed,
    ...counts,
    by_rule: byRule,
    differences: differences.toReversed().slice(0, DIFFERENCES_MAX),
    differences_count: differences.length,
    is_cut: cases.length >= INCIDENTS_MAX,
  };
}

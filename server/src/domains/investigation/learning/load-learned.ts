import type { HypothesisType } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import { learnPriors } from "../../../analysis/learning/learn-priors.ts";
import type { Learned } from "../../../analysis/learning/learned.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";

/** After half a year a judgement has a four-hundredth of its weight. */
const reachDays = 180;
const judgementsMax = 5000;

/**
 * What people said of earlier conclusions of a project, and of this incident's. Read from the log of feedback itself (the view `judged_hypotheses`), so there is
 * nothing that could differ from it; judgements of the incident itself are no prior of it.
 */
export async function loadLearned(
  db: Kysely<DB>,
  request: { readonly projectId: string; readonly incidentId: string; readonly now: Date },
): Promise<Learned> {
  const since = new Date(request.now.getTime() - reachDays * 86_400_000);
  const [others, rejected] = await Promise.all([
    sql<{
      service_name: string | null;
      component: string | null;
      hypothesis_type: HypothesisType;
      pattern: string | null;
      is_confirmed: boolean;
      judged_at: Date;
    }>`
      SELECT service_name, component, hypothesis_type, pattern, is_confirmed, judged_at FROM (
        SELECT DISTINCT ON (incident_id, coalesce(subject, hypothesis_id::text))
          service_name, component, hypothesis_type, pattern, is_confirmed, judged_at FROM judged_hypotheses
        WHERE project_id = ${request.projectId} AND incident_id <> ${request.incidentId} AND judged_at >= ${since}
        ORDER BY incident_id, coalesce(subject, hypothesis_id::text), judged_at DESC) newest
      ORDER BY judged_at DESC LIMIT ${judgementsMax}`.execute(db),
    sql<{ subject: string; evidence_digest: string; judged_at: Date }>`
      SELECT subject, evidence_digest, judged_at FROM (
        SELECT DISTINCT ON (subject) subject, evidence_digest, judged_at, is_confirmed FROM judged_hypotheses
        WHERE incident_id = ${request.incidentId} AND subject IS NOT NULL AND evidence_digest IS NOT NULL
        ORDER BY subject, judged_at DESC) newest
      WHERE NOT is_confirmed ORDER BY judged_at`.execute(db),
  ]);
  const priors = learnPriors(
    others.rows.map((row) => ({
      service: row.component ?? row.service_name,
      type: row.hypothesis_type,
      pattern: row.pattern,
      isConfirmed: row.is_confirmed,
      judgedAtMs: row.judged_at.getTime(),
    })),
    request.now.getTime(),
  );
  return {
    priors,
    rejected: rejected.rows.map((row) => ({
      subject: row.subject,
      evidenceDigest: row.evidence_digest,
      rejectedAt: row.judged_at.toISOString(),
    })),
  };
}

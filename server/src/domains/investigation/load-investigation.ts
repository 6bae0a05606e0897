import type { Evidence, Hypothesis, IncidentDetail } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { toPublicId } from "../../platform/ids/ids.ts";

/** The newest answer about an incident; empty before the first. */
export interface LoadedInvestigation {
  readonly hypotheses: Hypothesis[];
  readonly evidence: Evidence[];
  readonly report: Omit<NonNullable<IncidentDetail["report"]>, "html"> | null;
}

interface StoredArgument {
  readonly text: string;
  readonly evidenceId: string;
}

/** Reads the newest revision of an incident's investigation. */
export async function loadInvestigation(db: Kysely<DB>, incidentId: string): Promise<LoadedInvestigation> {
  const { rows } = await sql<{
    revision: number;
    verdict: NonNullable<IncidentDetail["report"]>["verdict"];
    summary: string;
    report_markdown: string;
    changed: string | null;
    created_at: Date;
    evidence_ids: string[];
    confidence: number | null;
    is_silent: boolean;
    missing: string[];
  }>`
    SELECT revision, verdict, confidence, is_silent, missing, summary, report_markdown, changed, created_at, evidence_ids FROM incident_reports
    WHERE incident_id = ${incidentId} ORDER BY revision DESC LIMIT 1`.execute(db);
  const report = rows[0];
  if (report === undefined) return { hypotheses: [], evidence: [], report: null };
  const [hypotheses, evidence] = await Promise.all([
    sql<{
      hypothesis_id: string;
      rank: number;
      hypothesis_type: Hypothesis["type"];
      title: string;
      confidence: string;
      details: {
        commitSha?: string;
        configChangeId?: string;
        for: StoredArgument[];
        against: StoredArgument[];
        advice: string | null;
        falsification?: string;
        component?: string | null;
        changeId?: string;
      };
    }>`
      SELECT hypothesis_id, rank, hypothesis_type, title, confidence, details FROM incident_hypotheses
      WHERE incident_id = ${incidentId} AND revision = ${report.revision} ORDER BY rank`.execute(db),
    sql<{
      evidence_id: string;
      kind: string;
      source: string;
      ref: string;
      metadata: { title?: string; snapshot?: string; fired?: boolean };
      created_at: Date;
    }>`
      SELECT evidence_id, kind, source, ref, metadata, created_at FROM evidence_artifacts
      WHERE incident_id = ${incidentId} AND (evidence_id = ANY(${report.evidence_ids}::uuid[]) OR metadata ? 'polaroid') ORDER BY evidence_id`.execute(
      db,
    ),
  ]);
  const argument = ({ text, evidenceId }: StoredArgument) => ({ text, evidence_id: toPublicId("evd", evidenceId) });
  return {
    hypotheses: hypotheses.rows.map((row) => ({
      id: toPublicId("hyp", row.hypothesis_id),
      rank: row.rank,
      type: row.hypothesis_type,
      title: row.title,
      confidence: Number(row.confidence),
      commit_sha: row.details.commitSha ?? null,
      config_change_id: row.details.configChangeId === undefined ? null : toPublicId("cfg", row.details.configChangeId),
      for: row.details.for.map(argument),
      against: row.details.against.map(argument),
      advice: row.details.advice,
      falsification: row.details.falsification ?? null,
      component: row.details.component ?? null,
      change_id: row.details.changeId ?? null,
    })),
    evidence: evidence.rows.map((row) => ({
      id: toPublicId("evd", row.evidence_id),
      kind: row.kind,
      source: row.source,
      ref: row.ref,
      title: row.metadata.title ?? row.ref,
      snapshot: row.metadata.snapshot ?? "",
      created_at: row.created_at.toISOString(),
      ...(row.metadata.fired === true ? { is_fired: true } : {}),
    })),
    report: {
      revision: report.revision,
      verdict: report.verdict,
      summary: report.summary,
      markdown: report.report_markdown,
      changed: report.changed,
      confidence: report.confidence,
      is_silent: report.is_silent,
      missing: report.missing,
      created_at: report.created_at.toISOString(),
    },
  };
}

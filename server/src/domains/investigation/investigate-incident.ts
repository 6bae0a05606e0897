import type { Verdict } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import { diagnose, engineVersion } from "../../analysis/diagnose.ts";
import { type EvidenceDraft, type Finding, subjectKey } from "../../analysis/inspections/finding.ts";
import type { RankedHypothesis } from "../../analysis/ranking/rank-hypotheses.ts";
import { type EarlierAnswer, whatChanged } from "../../analysis/report/what-changed.ts";
import { writeReport } from "../../analysis/report/write-report.ts";
import type { World, WorldRelated } from "../../analysis/world/world.ts";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId, toPublicId } from "../../platform/ids/ids.ts";
import { emitAboutIncident } from "../incident/index.ts";
import { buildWorld } from "./build-world.ts";
import type { InvestigationDeps } from "./observe/observe-deps.ts";
import { readRequest } from "./observe/read-request.ts";
import { packWorld, storeWorld } from "./replay/store-world.ts";

export interface Investigation {
  readonly revision: number;
  readonly verdict: Verdict;
  /** The verdict in a sentence. */
  readonly summary: string;
  readonly culpritCommit: string | null;
  /** The change of the observations that is blamed: a deployment, a flag, a migration. */
  readonly culpritChange: string | null;
  readonly culpritComponent: string | null;
  readonly confidence: number;
  /** Too unsure to wake anybody. */
  readonly isSilent: boolean;
  /** True where Culprit looked again by itself and came to the answer that stood. */
  readonly isKept: boolean;
  /** True for the first answer, and for one that blames something else than the one before, or is surer or less sure in its verdict. */
  readonly isChanged: boolean;
  readonly missing: readonly string[];
  readonly hypotheses: readonly {
    readonly type: string;
    readonly title: string;
    readonly confidence: number;
    readonly commitSha: string | null;
  }[];
}

/**
 * Investigates an incident and stores the answer as its next revision: evidence with snapshots, hypotheses, report, and the
 * verdict on the incident, in one transaction. Deterministic for what is known at the time. Each argument cites evidence
 * that was written with it.
 * @throws CulpritError NOT_FOUND when there is no such incident. A repository that can't be read is part of the answer.
 */
export async function investigateIncident(
  deps: InvestigationDeps,
  request: { readonly incidentId: string },
): Promise<Investigation> {
  const { incidentId } = request;
  const { world, facts } = await buildWorld(deps, incidentId);
  const decision = diagnose(world);
  const { hypotheses } = decision;
  const packed = await packWorld(world);
  const evidence = collectEvidence(hypotheses);
  const related = world.related.map((one) => ({ id: newId(), draft: relatedEvidence(one) }));
  const failed = (await readRequest(deps, incidentId)).map((draft) => ({ id: newId(), draft }));
  const evidenceIdOf = (finding: Finding): string => {
    const known = evidence.get(evidenceKey(finding.evidence));
    if (known === undefined) throw new Error(`no evidence was collected for ${finding.evidence.ref}`);
    return known.id;
  };
  const { revision, isKept, isChanged } = await deps.database.transaction(async (tx) => {
    await sql`SELECT 1 FROM incidents WHERE id = ${incidentId} FOR NO KEY UPDATE`.execute(tx);
    const look = await loadLook(tx, incidentId);
    const earlier = await loadEarlierAnswer(tx, incidentId);
    const next = (earlier?.revision ?? 0) + 1;
    const now: EarlierAnswer = {
      verdict: decision.verdict,
      culpritCommit: decision.culpritCommit,
      topTitle: hypotheses[0]?.title ?? null,
      confidence: decision.confidence,
    };
    const changed = whatChanged(earlier?.answer ?? null, now);
    const markdown = writeReport({
      world,
      diagnosis: decision,
      changed,
      evidenceName: (finding) => toPublicId("evd", evidenceIdOf(finding)),
      relatedNames: related.map(({ id }) => toPublicId("evd", id)),
    });
    const cited = [...evidence.values(), ...related, ...failed];
    await insertEvidence(tx, facts.projectId, incidentId, cited);
    await insertHypotheses(tx, facts.projectId, incidentId, next, hypotheses, evidenceIdOf);
    await sql`
      INSERT INTO incident_reports (report_id, project_id, incident_id, revision, created_at, model_info, verdict, confidence, is_silent, missing, summary, report_markdown, changed, evidence_ids)
      VALUES (${newId()}, ${facts.projectId}, ${incidentId}, ${next}, ${world.readAt}::timestamptz, ${JSON.stringify({ engine: engineVersion })}::jsonb, ${decision.verdict}, ${decision.confidence}, ${decision.silent}, ${decision.missing.map(clean)}::text[],
        ${clean(decision.summary)}, ${clean(markdown)}, ${changed},
        ${cited.map(({ id }) => id)}::uuid[])`.execute(tx);
    await storeWorld(tx, { projectId: facts.projectId, incidentId, revision: next, engineVersion, packed });
    await updateIncident(tx, incidentId, world, decision.verdict, clean(decision.summary), decision.culpritCommit);
    const { verdict, culpritCommit } = decision;
    const payload = {
      verdict,
      revision: next,
      summary: clean(decision.summary),
      culprit_commit: culpritCommit,
      culprit_change: decision.culpritChange,
      culprit_component: decision.culpritComponent,
      confidence: decision.confidence,
      silent: decision.silent,
      changed,
      seen_s: Math.max(0, Math.round((Date.parse(world.readAt) - facts.firstAt.getTime()) / 1000)),
      look,
    };
    await emitAboutIncident(tx, { type: "investigation.completed", incidentId, payload });
    const isSame = earlier !== null && isSameAnswer(earlier.answer, now);
    return { revision: next, isKept: look !== null && isSame, isChanged: !isSame };
  });
  return {
    revision,
    verdict: decision.verdict,
    summary: decision.summary,
    culpritCommit: decision.culpritCommit,
    culpritChange: decision.culpritChange,
    culpritComponent: decision.culpritComponent,
    confidence: decision.confidence,
    isSilent: decision.silent,
    isKept,
    isChanged,
    missing: decision.missing,
    hypotheses: hypotheses.map(({ type, title, confidence, subject }) => ({
      type,
      title,
      confidence,
      commitSha: subject.kind === "commit" ? subject.sha : null,
    })),
  };
}

/** Which look of Culprit's own this investigation is, from 1; null where somebody or something else asked for it. */
async function loadLook(tx: Transaction<DB>, incidentId: string): Promise<number | null> {
  const { rows } = await sql<{ look: number | null }>`
    SELECT (details ->> 'look')::int AS look FROM incident_decisions WHERE incident_id = ${incidentId} AND decision = 'approved'
    ORDER BY decided_at DESC, decision_id DESC LIMIT 1`.execute(tx);
  return rows[0]?.look ?? null;
}

function isSameAnswer(before: EarlierAnswer, now: EarlierAnswer): boolean {
  return (
    before.verdict === now.verdict && before.culpritCommit === now.culpritCommit && before.topTitle === now.topTitle
  );
}

/** PostgreSQL stores neither NUL nor lone surrogates; files and commit messages may hold both. */
function clean(text: string): string {
  return text.toWellFormed().replaceAll("\0", "");
}

function relatedEvidence({ collection, title, similarity, excerpt, source, ref }: WorldRelated): EvidenceDraft {
  const what = collection === "runbooks" ? "Runbook" : "Earlier incident";
  return {
    kind: "retrieval",
    source,
    ref,
    title: `${what}: ${title}`,
    snapshot: `similarity ${similarity}\n\n${excerpt}`,
  };
}

function evidenceKey(draft: EvidenceDraft): string {
  return `${draft.ref}\n${draft.title}\n${draft.snapshot}`;
}

function collectEvidence(hypotheses: readonly RankedHypothesis[]): Map<string, { id: string; draft: EvidenceDraft }> {
  const found = new Map<string, { id: string; draft: EvidenceDraft }>();
  for (const finding of hypotheses.flatMap((one) => [...one.for, ...one.against])) {
    const key = evidenceKey(finding.evidence);
    if (!found.has(key)) found.set(key, { id: newId(), draft: finding.evidence });
  }
  return found;
}

async function loadEarlierAnswer(
  tx: Transaction<DB>,
  incidentId: string,
): Promise<{ revision: number; answer: EarlierAnswer } | null> {
  const { rows } = await sql<{
    revision: number;
    verdict: Verdict;
    culprit_commit: string | null;
    title: string | null;
    confidence: string | null;
  }>`
    SELECT r.revision, r.verdict, i.culprit_commit, h.title, r.confidence FROM incident_reports r JOIN incidents i ON i.id = r.incident_id
    LEFT JOIN incident_hypotheses h ON h.incident_id = r.incident_id AND h.revision = r.revision AND h.rank = 1
    WHERE r.incident_id = ${incidentId} ORDER BY r.revision DESC LIMIT 1`.execute(tx);
  const row = rows[0];
  if (row === undefined) return null;
  return {
    revision: row.revision,
    answer: {
      verdict: row.verdict,
      culpritCommit: row.culprit_commit,
      topTitle: row.title,
      confidence: row.confidence === null ? null : Number(row.confidence),
    },
  };
}

async function insertEvidence(
  tx: Transaction<DB>,
  projectId: string,
  incidentId: string,
  evidence: readonly { id: string; draft: EvidenceDraft }[],
): Promise<void> {
  const rows = evidence.map(({ id, draft }) => ({
    id,
    kind: draft.kind,
    source: draft.source,
    ref: clean(draft.ref),
    metadata: { title: clean(draft.title), snapshot: clean(draft.snapshot) },
  }));
  await sql`
    INSERT INTO evidence_artifacts (evidence_id, project_id, incident_id, kind, source, ref, metadata)
    SELECT id, ${projectId}::uuid, ${incidentId}::uuid, kind, source, ref, metadata
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, kind text, source text, ref text, metadata jsonb)`.execute(
    tx,
  );
}

async function insertHypotheses(
  tx: Transaction<DB>,
  projectId: string,
  incidentId: string,
  revision: number,
  hypotheses: readonly RankedHypothesis[],
  evidenceIdOf: (finding: Finding) => string,
): Promise<void> {
  const argument = (finding: Finding) => ({ text: clean(finding.text), evidenceId: evidenceIdOf(finding) });
  const rows = hypotheses.map((one, index) => ({
    id: newId(),
    rank: index + 1,
    type: one.type,
    title: clean(one.title),
    confidence: one.confidence,
    evidence_ids: [...new Set([...one.for, ...one.against].map(evidenceIdOf))],
    details: {
      ...(one.subject.kind === "commit" ? { commitSha: one.subject.sha } : {}),
      ...(one.subject.kind === "config_change" ? { configChangeId: one.subject.id } : {}),
      ...(one.subject.kind === "change" ? { changeId: one.subject.id } : {}),
      for: one.for.map(argument),
      against: one.against.map(argument),
      advice: one.advice,
      falsification: clean(one.falsification),
      subject: clean(subjectKey(one.subject)),
      component: one.component,
      pattern: one.pattern,
      evidenceDigest: one.digest,
    },
  }));
  await sql`
    INSERT INTO incident_hypotheses (hypothesis_id, project_id, incident_id, revision, rank, hypothesis_type, title, confidence, evidence_ids, details)
    SELECT id, ${projectId}::uuid, ${incidentId}::uuid, ${revision}::int, rank, type, title, confidence, ARRAY(SELECT jsonb_array_elements_text(evidence_ids)::uuid), details
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, rank int, type text, title text, confidence numeric, evidence_ids jsonb, details jsonb)`.execute(
    tx,
  );
}

async function updateIncident(
  tx: Transaction<DB>,
  incidentId: string,
  world: World,
  verdict: Verdict,
  summary: string,
  culprit: string | null,
): Promise<void> {
  const place = world.frames.find((frame) => frame.path !== null && frame.line !== null);
  await sql`
    UPDATE incidents SET verdict = ${verdict}, verdict_summary = ${summary}, culprit_commit = ${culprit},
      file_path = coalesce(${place?.path ?? null}, file_path), line_number = coalesce(${place?.line ?? null}, line_number),
      commit_sha = coalesce(${world.running?.commitSha ?? null}, commit_sha),
      deployment_event_id = coalesce(${world.running?.deploymentEventId ?? null}::uuid, deployment_event_id)
    WHERE id = ${incidentId}`.execute(tx);
}

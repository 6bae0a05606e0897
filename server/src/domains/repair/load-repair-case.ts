import type { StackFrame } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import { defaultPatchLimits, type PatchLimits } from "../../analysis/patch/refuse-changes.ts";
import type { DB } from "../../platform/db/tables.generated.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../platform/ids/ids.ts";
import { projectRepositoryRows } from "../change/index.ts";

/** What is known of a failure when its repair begins. */
export interface RepairCase {
  readonly incidentId: string;
  readonly projectId: string;
  readonly title: string;
  readonly errorType: string | null;
  readonly errorMessage: string;
  /** The failing call first. */
  readonly frames: readonly StackFrame[];
  /** What ran when it first failed; null where nobody said. */
  readonly baseCommit: string | null;
  /** The blamed commit; null where the verdict blames none. */
  readonly culpritCommit: string | null;
  /** Other commits that the investigation holds possible, likeliest first; a proof may tell that it was one of them. */
  readonly otherCommits: readonly string[];
  readonly verdict: string | null;
  readonly verdictSummary: string | null;
  readonly hypothesis: { readonly title: string; readonly confidence: number; readonly advice: string | null } | null;
  /** Kept payloads, oldest first: where the failing request is looked for. */
  readonly payloads: readonly unknown[];
  readonly repositoryIds: readonly string[];
  readonly allowUnisolatedProof: boolean;
  readonly allowInstallNetwork: boolean;
  /** How large a drafted patch may be. */
  readonly patchLimits: PatchLimits;
  /** Whether the command-line agent may be asked for a patch. */
  readonly draftWithAgent: boolean;
}

interface CaseRow {
  project_id: string;
  service_id: string | null;
  environment: string;
  occurred_at: Date;
  title: string;
  error_type: string | null;
  error_message: string;
  frames: StackFrame[];
  commit_sha: string | null;
  culprit_commit: string | null;
  verdict: string | null;
  verdict_summary: string | null;
  settings: Readonly<Record<string, unknown>> | null;
}

/**
 * Reads everything that repair starts from.
 * @throws CulpritError NOT_FOUND when there is no such incident.
 */
export async function loadRepairCase(db: Kysely<DB>, incidentId: string): Promise<RepairCase> {
  const { rows } = await sql<CaseRow>`
    SELECT i.project_id, i.service_id, i.environment, i.occurred_at, i.title, i.error_type, i.error_message, i.frames,
      i.commit_sha, i.culprit_commit, i.verdict, i.verdict_summary, p.settings
    FROM incidents i JOIN projects p ON p.id = i.project_id WHERE i.id = ${incidentId}`.execute(db);
  const row = rows[0];
  if (row === undefined) throw new CulpritError("NOT_FOUND", `There is no incident ${toPublicId("inc", incidentId)}.`);
  const [baseCommit, hypothesis, commits, payloads, repositories] = await Promise.all([
    row.commit_sha ?? revisionAt(db, row),
    topHypothesis(db, incidentId),
    suspectedCommits(db, incidentId),
    loadPayloads(db, incidentId),
    projectRepositoryRows(db, row.project_id),
  ]);
  return {
    incidentId,
    projectId: row.project_id,
    title: row.title,
    errorType: row.error_type,
    errorMessage: row.error_message,
    frames: Array.isArray(row.frames) ? row.frames : [],
    baseCommit,
    culpritCommit: row.verdict === "inconclusive" ? null : row.culprit_commit,
    otherCommits: commits.filter((sha) => sha !== row.culprit_commit).slice(0, otherCommitsMax),
    verdict: row.verdict,
    verdictSummary: row.verdict_summary,
    hypothesis,
    payloads,
    repositoryIds: repositories.map(({ id }) => id),
    allowUnisolatedProof: row.settings?.allowUnisolatedProof === true,
    allowInstallNetwork: row.settings?.allowInstallNetwork === true,
    patchLimits: patchLimitsOf(row.settings),
    draftWithAgent: row.settings?.draftWithAgent === true,
  };
}

function patchLimitsOf(settings: CaseRow["settings"]): PatchLimits {
  const number = (value: unknown, standard: number): number =>
    typeof value === "number" && Number.isInteger(value) && value > 0 ? value : standard;
  return {
    filesMax: number(settings?.patchFilesMax, defaultPatchLimits.filesMax),
    linesMax: number(settings?.patchLinesMax, defaultPatchLimits.linesMax),
  };
}

/** The commit that the revision timeline says was running when the incident's first occurrence happened. */
async function revisionAt(db: Kysely<DB>, row: CaseRow): Promise<string | null> {
  const { rows } = await sql<{ commit_sha: string }>`
    SELECT r.commit_sha FROM service_revisions r
    WHERE r.project_id = ${row.project_id} AND r.environment = ${row.environment} AND r.commit_sha IS NOT NULL
      AND (${row.service_id}::uuid IS NULL OR r.service_id = ${row.service_id}::uuid)
      AND r.from_at <= ${row.occurred_at} AND (r.to_at IS NULL OR r.to_at > ${row.occurred_at})
    ORDER BY r.mapping_confidence DESC, r.from_at DESC LIMIT 1`.execute(db);
  return rows[0]?.commit_sha ?? null;
}

async function topHypothesis(db: Kysely<DB>, incidentId: string): Promise<RepairCase["hypothesis"]> {
  const { rows } = await sql<{ title: string; confidence: string; advice: string | null }>`
    SELECT title, confidence, details->>'advice' AS advice FROM incident_hypotheses
    WHERE incident_id = ${incidentId} ORDER BY revision DESC, rank LIMIT 1`.execute(db);
  const row = rows[0];
  return row === undefined ? null : { ...row, confidence: Number(row.confidence) };
}

const otherCommitsMax = 2;

/** Commits of the newest answer by rank; none where a person confirmed the cause, and none that a person ruled out. */
async function suspectedCommits(db: Kysely<DB>, incidentId: string): Promise<string[]> {
  const { rows } = await sql<{ commit_sha: string }>`
    SELECT h.details->>'commitSha' AS commit_sha FROM incident_hypotheses h
    WHERE h.incident_id = ${incidentId} AND h.details->>'commitSha' IS NOT NULL
      AND h.revision = (SELECT max(revision) FROM incident_hypotheses WHERE incident_id = ${incidentId})
      AND NOT EXISTS (
        SELECT FROM judged_hypotheses j
        WHERE j.incident_id = h.incident_id AND (j.is_confirmed OR j.subject = h.details->>'subject'))
    ORDER BY h.rank`.execute(db);
  return [...new Set(rows.map((entry) => entry.commit_sha))];
}

async function loadPayloads(db: Kysely<DB>, incidentId: string): Promise<unknown[]> {
  const { rows } = await sql<{ payload: unknown }>`
    (SELECT payload FROM incident_occurrences WHERE incident_id = ${incidentId} AND payload IS NOT NULL
      ORDER BY received_at LIMIT 10)
    UNION ALL SELECT payload FROM incident_last_payloads WHERE incident_id = ${incidentId}`.execute(db);
  return rows.map((entry) => entry.payload);
}

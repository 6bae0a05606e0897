import type { Autopsy, IncidentStatus, PullRequestSettings } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { PatchKind } from "../../../analysis/fixers/proposal.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { partOf } from "../../incident/index.ts";
import { outdatedBy } from "../outdated-by.ts";
import { readSettings } from "./settings.ts";

/** What a pull request is made of: the incident, the answer about it, and the patch with its proof. */
export interface Proposal {
  readonly incidentId: string;
  readonly projectId: string;
  readonly title: string;
  readonly status: IncidentStatus;
  /** Public id of the incident that it was merged into, where it was. */
  readonly partOf: string | null;
  readonly service: string | null;
  readonly environment: string;
  readonly occurrences: number;
  readonly firstSeenAt: Date;
  readonly culpritCommit: string | null;
  readonly confidence: number;
  readonly rootCause: string;
  readonly arguments: readonly { readonly text: string; readonly evidenceId: string }[];
  readonly prompt: string;
  readonly manualSteps: readonly string[];
  readonly settings: PullRequestSettings;
  /** That the patch belongs to an earlier conclusion; null where it belongs to the one that stands. */
  readonly outdatedReason: string | null;
  /** Null before the first repair. */
  readonly run: ProposedRun | null;
}

export interface ProposedRun {
  readonly id: string;
  readonly proposer: string;
  readonly kind: PatchKind | null;
  readonly baseCommit: string | null;
  readonly patchDiff: string | null;
  readonly testPath: string | null;
  readonly testDiff: string | null;
  readonly proof: Autopsy["proof"];
  readonly proofReason: string;
  readonly proofSteps: Autopsy["proof_steps"];
  readonly isolation: string;
  readonly createdAt: Date;
}

interface Row {
  project_id: string;
  title: string;
  status: IncidentStatus;
  part_of: { readonly id: string } | null;
  service: string | null;
  environment: string;
  occurrences: number;
  first_seen_at: Date;
  culprit_commit: string | null;
  confidence: string | number | null;
  root_cause: string | null;
  prompt: string | null;
  manual_steps: string[] | null;
  settings: unknown;
  run: (Omit<ProposedRun, "createdAt"> & { createdAt: string }) | null;
}

/** @throws CulpritError NOT_FOUND where there is no such incident. */
export async function loadProposal(db: Kysely<DB>, incidentId: string): Promise<Proposal> {
  const { rows } = await sql<Row>`
    SELECT i.project_id, i.title, i.status, CASE WHEN i.status = 'resolved' THEN (${partOf}) END AS part_of, s.service_name AS service, i.environment, i.culprit_commit, p.settings,
      coalesce(c.occurrence_count, 1)::int AS occurrences, coalesce(c.first_seen_at, i.occurred_at) AS first_seen_at,
      coalesce((SELECT confidence FROM incident_reports r WHERE r.incident_id = i.id ORDER BY revision DESC LIMIT 1),
        (SELECT h.confidence FROM incident_hypotheses h WHERE h.incident_id = i.id ORDER BY revision DESC, rank LIMIT 1)) AS confidence,
      coalesce(a.root_cause, i.verdict_summary) AS root_cause, a.ai_fix_prompt AS prompt, a.manual_steps,
      CASE WHEN u.id IS NOT NULL THEN jsonb_build_object('id', u.id, 'proposer', u.proposer, 'kind', u.patch_kind,
        'baseCommit', u.base_commit, 'patchDiff', u.patch_diff, 'testPath', u.test_path, 'testDiff', u.test_diff, 'proof', u.proof,
        'proofReason', u.proof_reason, 'proofSteps', u.proof_steps, 'isolation', u.isolation, 'createdAt', u.created_at) END AS run
    FROM incidents i JOIN projects p ON p.id = i.project_id
      LEFT JOIN services s ON s.service_id = i.service_id
      LEFT JOIN incident_counters c ON c.incident_id = i.id
      LEFT JOIN autopsy_results a ON a.incident_id = i.id
      LEFT JOIN autopsy_runs u ON u.id = a.autopsy_run_id
    WHERE i.id = ${incidentId}`.execute(db);
  const row = rows[0];
  if (row === undefined) throw new CulpritError("NOT_FOUND", `There is no incident ${toPublicId("inc", incidentId)}.`);
  const provenAt = row.run === null ? null : new Date(row.run.createdAt);
  return {
    outdatedReason: (await outdatedBy(db, incidentId, provenAt)).outdated_reason,
    incidentId,
    projectId: row.project_id,
    title: row.title,
    status: row.status,
    partOf: row.part_of?.id ?? null,
    service: row.service,
    environment: row.environment,
    occurrences: row.occurrences,
    firstSeenAt: new Date(row.first_seen_at),
    culpritCommit: row.culprit_commit,
    confidence: Number(row.confidence ?? 0),
    rootCause: row.root_cause ?? "The cause is not known yet.",
    arguments: await loadArguments(db, incidentId),
    prompt: row.prompt ?? "",
    manualSteps: row.manual_steps ?? [],
    settings: readSettings(row.settings),
    run: row.run === null ? null : { ...row.run, createdAt: new Date(row.run.createdAt) },
  };
}

/** What speaks for the likeliest cause, with the evidence of it. */
async function loadArguments(db: Kysely<DB>, incidentId: string): Promise<Proposal["arguments"]> {
  const { rows } = await sql<{ text: string; evidence_id: string }>`
    SELECT a.value ->> 'text' AS text, a.value ->> 'evidenceId' AS evidence_id
    FROM (SELECT details FROM incident_hypotheses WHERE incident_id = ${incidentId} ORDER BY revision DESC, rank LIMIT 1) h,
      jsonb_array_elements(coalesce(h.details -> 'for', '[]'::jsonb)) WITH ORDINALITY AS a(value, place)
    ORDER BY a.place LIMIT 8`.execute(db);
  return rows.map(({ text, evidence_id }) => ({ text, evidenceId: evidence_id }));
}

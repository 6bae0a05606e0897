import type { Verdict } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import { type Diagnosis, diagnose, engineVersion } from "../../../analysis/diagnose.ts";
import { subjectKey } from "../../../analysis/inspections/finding.ts";
import { whatChanged } from "../../../analysis/report/what-changed.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { unpackWorld } from "./store-world.ts";

/** One answer, as far as two of them are compared. */
export interface ReplayedAnswer {
  readonly verdict: Verdict;
  readonly summary: string;
  readonly confidence: number | null;
  readonly culpritCommit: string | null;
  readonly top: {
    readonly subject: string | null;
    readonly component: string | null;
    readonly title: string;
    readonly confidence: number;
  } | null;
}

/** What this engine says about a stored world, beside what was said then. */
export interface Replay {
  readonly incidentId: string;
  readonly revision: number;
  readonly storedAt: string;
  readonly engineThen: string;
  readonly engineNow: string;
  readonly isCut: boolean;
  readonly before: ReplayedAnswer;
  readonly after: ReplayedAnswer;
  readonly isSame: boolean;
  /** In a sentence. */
  readonly changed: string;
  readonly diagnosis: Diagnosis;
}

interface StoredRow {
  incident_id: string;
  revision: number;
  created_at: Date;
  engine_version: string;
  world: Buffer;
  is_cut: boolean;
  verdict: Verdict;
  summary: string;
  confidence: number | null;
  hypothesis_subject: string | null;
  hypothesis_title: string | null;
  hypothesis_confidence: number | null;
  hypothesis_commit: string | null;
  hypothesis_component: string | null;
}

/**
 * Asks this engine about the world that an investigation was given: the newest one, or that of a revision. Nothing is written, nothing else is read.
 * @throws CulpritError NOT_FOUND where no world is kept.
 */
export async function replayIncident(
  db: Kysely<DB>,
  request: { readonly incidentId: string; readonly revision?: number | undefined },
): Promise<Replay> {
  const { rows } = await sql<StoredRow>`
    SELECT w.incident_id, w.revision, w.created_at, w.engine_version, w.world, w.is_cut, r.verdict, r.summary, r.confidence,
      h.details ->> 'subject' AS hypothesis_subject, h.title AS hypothesis_title, h.confidence AS hypothesis_confidence, h.details ->> 'commitSha' AS hypothesis_commit,
      h.details ->> 'component' AS hypothesis_component
    FROM incident_worlds w JOIN incident_reports r USING (incident_id, revision)
    LEFT JOIN incident_hypotheses h ON h.incident_id = w.incident_id AND h.revision = w.revision AND h.rank = 1
    WHERE w.incident_id = ${request.incidentId} AND (${request.revision ?? null}::int IS NULL OR w.revision = ${request.revision ?? null})
    ORDER BY w.revision DESC LIMIT 1`.execute(db);
  const row = rows[0];
  if (row === undefined)
    throw new CulpritError(
      "NOT_FOUND",
      `No world of ${toPublicId("inc", request.incidentId)} is kept${request.revision === undefined ? "" : ` for revision ${request.revision}`}. Worlds are kept with each investigation since this version.`,
    );
  const diagnosis = diagnose(await unpackWorld(row.world));
  const before: ReplayedAnswer = {
    verdict: row.verdict,
    summary: row.summary,
    confidence: row.confidence,
    culpritCommit: row.verdict === "inconclusive" ? null : row.hypothesis_commit,
    top:
      row.hypothesis_title === null
        ? null
        : {
            subject: row.hypothesis_subject,
            component: row.hypothesis_component,
            title: row.hypothesis_title,
            confidence: Number(row.hypothesis_confidence),
          },
  };
  const [top] = diagnosis.hypotheses;
  const after: ReplayedAnswer = {
    verdict: diagnosis.verdict,
    summary: diagnosis.summary,
    confidence: diagnosis.confidence,
    culpritCommit: diagnosis.culpritCommit,
    top:
      top === undefined
        ? null
        : {
            subject: subjectKey(top.subject),
            component: top.component,
            title: top.title,
            confidence: top.confidence,
          },
  };
  const isSame = JSON.stringify(comparable(before)) === JSON.stringify(comparable(after));
  return {
    incidentId: row.incident_id,
    revision: row.revision,
    storedAt: row.created_at.toISOString(),
    engineThen: row.engine_version,
    engineNow: engineVersion,
    isCut: row.is_cut,
    before,
    after,
    isSame,
    changed: isSame ? "The same answer." : (whatChanged(earlier(before), earlier(after)) ?? "The same answer."),
    diagnosis,
  };
}

function comparable({ verdict, confidence, culpritCommit, top }: ReplayedAnswer): unknown {
  return [verdict, confidence, culpritCommit, top?.title ?? null, top?.confidence ?? null];
}

function earlier({ verdict, confidence, culpritCommit, top }: ReplayedAnswer) {
  return { verdict, confidence, culpritCommit, topTitle: top?.title ?? null };
}

import type { StackFrame } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import { type FileDiff, parseDiff } from "../../analysis/diff/parse-diff.ts";
import { type PastIncident, type Touch, touchedIncidents } from "../../analysis/pull-request/touched-incidents.ts";
import { matchPath } from "../../analysis/world/match-path.ts";
import type { DB } from "../../platform/db/tables.generated.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../platform/ids/ids.ts";
import { type ChangeDeps, type GitRepository, openProjectRepositories, repositoryWith } from "../change/index.ts";

const incidentsMax = 500;
const framesMax = 20;
const culpritsMax = 40;

export interface DiffReview {
  readonly touches: readonly Touch[];
  /** How many incidents were compared. */
  readonly comparedCount: number;
  /** What could not be read, in words for people; null where all was. */
  readonly limitation: string | null;
}

/**
 * Which past incidents of a project a diff touches: the files and functions of their stacks, and what their culprit commits changed. The
 * newest 500 incidents are compared. Without a readable repository paths of frames must end in the changed path, and commits tell nothing.
 */
export async function reviewAgainstIncidents(
  deps: ChangeDeps,
  request: {
    readonly projectId: string;
    readonly files: readonly FileDiff[];
    readonly base: string;
    readonly now: Date;
  },
): Promise<DiffReview> {
  const rows = await loadRows(deps.database.db, request.projectId);
  const repositories = await openProjectRepositories(deps, request.projectId);
  const { repository } = await repositoryWith(repositories, request.base);
  const git = (repository ?? repositories.readable[0])?.git ?? null;
  const changed = request.files.flatMap(({ oldPath, newPath }) => [oldPath, newPath].filter((path) => path !== null));
  const tree = git === null ? null : await git.listFiles(request.base).catch(noneOfUnreadable);
  const culprits = git === null ? new Map<string, string[]>() : await pathsOfCulprits(git, rows);
  const placeOf = (file: string) =>
    tree === null ? (changed.find((path) => endsInPath(file, path)) ?? null) : matchPath(file, tree);
  const incidents = rows.map((row) => toPast(row, placeOf, culprits));
  return {
    touches: touchedIncidents(request.files, incidents, request.now),
    comparedCount: rows.length,
    limitation:
      git === null
        ? "The repository can't be read here, so the changes of culprit commits were not compared."
        : tree === null
          ? "The base of this diff is not in the mirror, so paths were compared by their ends."
          : null,
  };
}

/** The diff of one changed file as a forge gives it: hunks without a heading. */
export function fileDiffOf(file: {
  readonly path: string;
  readonly previousPath: string | null;
  readonly patch: string | null;
  readonly status: string;
}): FileDiff {
  const [read] = file.patch === null ? [] : parseDiff(`--- a/x\n+++ b/x\n${file.patch}\n`);
  return {
    oldPath: file.status === "added" ? null : (file.previousPath ?? file.path),
    newPath: file.status === "removed" ? null : file.path,
    isBinary: file.patch === null,
    hunks: read?.hunks ?? [],
  };
}

interface Row {
  readonly id: string;
  readonly public_id: string;
  readonly title: string;
  readonly status: string;
  readonly severity: PastIncident["severity"];
  readonly occurred_at: Date;
  readonly is_regression: boolean;
  readonly frames: readonly StackFrame[] | null;
  readonly culprit_commit: string | null;
  readonly is_confirmed: boolean;
  readonly evidence_ids: readonly string[] | null;
}

async function loadRows(db: Kysely<DB>, projectId: string): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    SELECT i.id, i.incident_id AS public_id, i.title, i.status, i.severity, i.occurred_at, i.is_regression, i.frames, i.culprit_commit,
      (i.verdict = 'confirmed' OR i.resolved_hypothesis_id IS NOT NULL) IS TRUE AS is_confirmed, h.evidence_ids
    FROM incidents i LEFT JOIN LATERAL (SELECT evidence_ids FROM incident_hypotheses WHERE incident_id = i.id
      ORDER BY revision DESC, rank LIMIT 1) h ON true
    WHERE i.project_id = ${projectId} AND i.status <> 'suppressed'
    ORDER BY i.created_at DESC, i.id DESC LIMIT ${incidentsMax}`.execute(db);
  return rows;
}

function toPast(
  row: Row,
  placeOf: (file: string) => string | null,
  culprits: ReadonlyMap<string, string[]>,
): PastIncident {
  const own = (row.frames ?? []).filter(({ isInApp, file }) => isInApp && file !== null).slice(0, framesMax);
  return {
    id: row.public_id,
    title: row.title,
    status: row.status,
    severity: row.severity,
    occurredAt: row.occurred_at,
    isRegression: row.is_regression,
    frames: own.flatMap((frame) => {
      const path = frame.file === null ? null : placeOf(frame.file);
      return path === null ? [] : [{ path, line: frame.line, function: frame.function }];
    }),
    culprit:
      row.culprit_commit === null
        ? null
        : { commit: row.culprit_commit, isConfirmed: row.is_confirmed, paths: culprits.get(row.culprit_commit) ?? [] },
    evidenceIds: (row.evidence_ids ?? []).map((id) => toPublicId("evd", id)),
  };
}

/** What each culprit commit changed. A commit that the mirror lacks is passed over. */
async function pathsOfCulprits(git: GitRepository, rows: readonly Row[]): Promise<Map<string, string[]>> {
  const commits = [...new Set(rows.flatMap(({ culprit_commit }) => culprit_commit ?? []))].slice(0, culpritsMax);
  const found = new Map<string, string[]>();
  for (const commit of commits) {
    const patches = await git
      .listPatches({ to: commit, commitsMax: 1, contextLines: 0, timeoutMs: 5000 })
      .catch(noneOfUnreadable);
    const files = parseDiff(patches?.[0]?.patch ?? "");
    found.set(commit, [
      ...new Set(files.flatMap(({ oldPath, newPath }) => [oldPath, newPath].filter((path) => path !== null))),
    ]);
  }
  return found;
}

function noneOfUnreadable(error: unknown): null {
  if (error instanceof CulpritError) return null;
  throw error;
}

function endsInPath(file: string, path: string): boolean {
  const plain = file.replaceAll("\\", "/").replace(/[?#].*$/, "");
  return plain === path || plain.endsWith(`/${path}`);
}

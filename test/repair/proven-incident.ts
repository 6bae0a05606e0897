import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../server/src/platform/db/tables.generated.ts";
import { newId } from "../../server/src/platform/ids/ids.ts";
import { createGitProject, type GitProject, lines } from "./git-project.ts";

export const sound = lines(
  "export function total(cart) {",
  "  const items = cart.items ?? [];",
  "  return items.reduce((sum, item) => sum + item.price, 0);",
  "}",
);
export const broken = sound.replace("cart.items ?? []", "cart.lines.all");
const testFile = lines('import { total } from "../src/total.js";', "total({});");

/** A project in which one commit broke `src/total.js`, with a bare clone beside it that a forge serves. */
export interface BrokenProject {
  readonly project: GitProject;
  readonly bare: string;
  readonly culprit: string;
  /** What is deployed. */
  readonly base: string;
  /** Puts the branch `main` into the bare clone as it stands in the project; `force` where history was written anew. */
  publish(force?: boolean): void;
}

/** Makes it; the files are committed along with the first commit. */
export function createBrokenProject(files: Readonly<Record<string, string>> = {}): BrokenProject {
  const project = createGitProject();
  project.commit("Begin", {
    "package.json": "{}\n",
    "src/total.js": sound,
    "src/other.js": "export const other = 1;\n",
    ...files,
  });
  const culprit = project.commit("Read the cart's lines", { "src/total.js": broken });
  const base = project.commit("Say more", { "README.md": "# Shop\n" });
  const bare = join(mkdtempSync(join(tmpdir(), "culprit-bare-")), "shop.git");
  execFileSync("git", ["clone", "--quiet", "--bare", project.folder, bare]);
  return {
    ...{ project, bare, culprit, base },
    publish: (force = false) => void project.git("push", "--quiet", ...(force ? ["--force"] : []), bare, "main"),
  };
}

/** The diff by which `git apply` turns one text of a file into another. */
export function diffOfFile(project: GitProject, base: string, path: string, text: string): string {
  const head = project.git("rev-parse", "HEAD");
  project.git("checkout", "--quiet", "--detach", base);
  project.commit("scratch", { [path]: text });
  const diff = `${project.git("diff", "--binary", base, "HEAD")}\n`;
  project.git("checkout", "--quiet", "-B", "main", head);
  return diff;
}

/** Writes an incident of a project with a patch that was proven for it (or what `run` says instead). @returns its key. */
export async function seedProven(
  db: Kysely<DB>,
  { project, base, culprit }: BrokenProject,
  facts: {
    readonly projectId: string;
    readonly run?: Readonly<Record<string, unknown>>;
    readonly settings?: Readonly<Record<string, unknown>>;
    readonly occurrences?: number;
    readonly confidence?: number;
  },
): Promise<string> {
  const [incidentId, runId] = [newId(), newId()];
  const { projectId } = facts;
  if (facts.settings !== undefined)
    await sql`UPDATE projects SET settings = ${JSON.stringify({ pullRequests: facts.settings })}::jsonb WHERE id = ${projectId}`.execute(
      db,
    );
  await sql`INSERT INTO incidents (id, incident_id, project_id, source, severity, status, title, error_type, error_message, frames,
      commit_sha, environment, occurred_at, window_start, window_end, verdict, verdict_summary, culprit_commit)
    VALUES (${incidentId}, ${`inc_${incidentId}`}, ${projectId}, 'sentry', 'high', 'diagnosed', 'TypeError: no lines in @here <cart>', 'TypeError',
      'no lines', '[]'::jsonb, ${base}, 'production', now(), now(), now(), 'confirmed', 'The last release reads lines that a cart does not have.', ${culprit})`.execute(
    db,
  );
  await sql`INSERT INTO incident_counters (incident_id, project_id, occurrence_count, first_seen_at, last_seen_at)
    VALUES (${incidentId}, ${projectId}, ${facts.occurrences ?? 5}, now() - interval '1 minute', now())`.execute(db);
  await sql`INSERT INTO incident_hypotheses (hypothesis_id, project_id, incident_id, revision, rank, hypothesis_type, title, confidence, evidence_ids, details)
    VALUES (${newId()}, ${projectId}, ${incidentId}, 1, 1, 'release', 'The commit', ${facts.confidence ?? 0.9}, '{}',
      ${JSON.stringify({ subject: `commit ${culprit}`, commitSha: culprit, for: [{ text: "It wrote the line that fails", evidenceId: newId() }], against: [], advice: null })}::jsonb)`.execute(
    db,
  );
  const run = {
    ...{
      id: runId,
      project_id: projectId,
      incident_id: incidentId,
      revision: 1,
      proposer: "revert",
      patch_kind: "revert",
    },
    ...{ base_commit: base, patch_diff: diffOfFile(project, base, "src/total.js", sound), patch_applies: true },
    ...{
      test_path: "test/regression.test.js",
      test_diff: diffOfFile(project, base, "test/regression.test.js", testFile),
    },
    ...{ proof: "green", proof_reason: "The regression test fails before and passes with the patch.", duration_ms: 5 },
    proof_steps: JSON.stringify([
      {
        name: "regression test passes with the patch",
        command: "node --test x|y",
        exit_code: 0,
        duration_ms: 1200,
        outcome: "passed",
        log: "",
      },
    ]),
    ...facts.run,
  };
  await db
    .insertInto("autopsy_runs")
    .values(run as never)
    .execute();
  await sql`INSERT INTO autopsy_results (project_id, incident_id, root_cause, patch_diff, ai_fix_prompt, manual_steps, confidence_score, autopsy_run_id)
    VALUES (${projectId}, ${incidentId}, 'The last release reads lines that a cart does not have.', ${String(run.patch_diff)}, 'Mend it.', '["Revert it"]'::jsonb, 0.9, ${runId})`.execute(
    db,
  );
  return incidentId;
}

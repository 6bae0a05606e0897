import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import type { RepairDeps } from "../../server/src/domains/repair/repair-deps.ts";
import type { Database } from "../../server/src/platform/db/open-database.ts";
import type { DB } from "../../server/src/platform/db/tables.generated.ts";
import { newId } from "../../server/src/platform/ids/ids.ts";
import { openRepairRepositories } from "../../server/src/vendors/git/worktree.ts";
import { findNpm } from "../../server/src/vendors/npm/find-npm.ts";
import { parseModule } from "../../server/src/vendors/oxc/parse-module.ts";
import { findRust } from "../../server/src/vendors/rustup/find-rust.ts";
import { createSandboxProvider } from "../../server/src/vendors/sandbox/detect-sandbox.ts";
import { plainSandbox } from "../../server/src/vendors/sandbox/plain.ts";
import type { GitProject } from "./git-project.ts";

const provider = createSandboxProvider();

/** The real parts of a repair over one test database, with a data folder of their own. */
export function repairDeps(
  database: Database,
  overrides: Partial<RepairDeps> = {},
): RepairDeps & { readonly dataDir: string } {
  const dataDir = mkdtempSync(join(tmpdir(), "culprit-data-"));
  return {
    dataDir,
    database,
    openRepository: openRepairRepositories(join(dataDir, "repositories")),
    sandbox: provider,
    unisolatedSandbox: plainSandbox(),
    parseModule,
    dependencyFolder: join(dataDir, "dependencies"),
    packages: {
      ...findNpm(process.env),
      registry: process.env.npm_config_registry ?? null,
      rust: findRust(process.env),
    },
    ...overrides,
  };
}

export interface FailureFacts {
  readonly base: string | null;
  readonly culprit: string | null;
  readonly errorType?: string;
  readonly errorMessage: string;
  readonly frames: readonly {
    file: string;
    function: string | null;
    line: number;
    column: number | null;
    isInApp: boolean;
  }[];
  readonly payload?: unknown;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Writes the incident that intake and diagnosis would have left, with the mirror of its repository. */
export async function seedIncident(
  db: Kysely<DB>,
  dataDir: string,
  project: GitProject | null,
  facts: FailureFacts,
): Promise<string> {
  const [userId, projectId, incidentId] = [newId(), newId(), newId()];
  await sql`INSERT INTO users (id, github_login) VALUES (${userId}, 'ada')`.execute(db);
  await sql`INSERT INTO projects (id, project_id, owner_id, name, ingest_api_key, settings)
    VALUES (${projectId}, ${`proj_${projectId}`}, ${userId}, ${projectId}, ${projectId}, ${JSON.stringify(facts.settings ?? {})}::jsonb)`.execute(
    db,
  );
  if (project !== null) {
    const repositoryId = newId();
    await sql`INSERT INTO repositories (id, project_id, url) VALUES (${repositoryId}, ${projectId}, ${project.folder})`.execute(
      db,
    );
    mkdirSync(join(dataDir, "repositories"), { recursive: true });
    execFileSync("git", [
      "clone",
      "--quiet",
      "--bare",
      project.folder,
      join(dataDir, "repositories", `${repositoryId}.git`),
    ]);
  }
  const type = facts.errorType ?? "TypeError";
  await sql`INSERT INTO incidents (id, incident_id, project_id, source, severity, title, error_type, error_message, frames,
      commit_sha, environment, occurred_at, window_start, window_end, verdict, verdict_summary, culprit_commit)
    VALUES (${incidentId}, ${`inc_${incidentId}`}, ${projectId}, 'sentry', 'high', ${`${type}: ${facts.errorMessage}`}, ${type},
      ${facts.errorMessage}, ${JSON.stringify(facts.frames)}::jsonb, ${facts.base}, 'production', now(), now(), now(),
      ${facts.culprit === null ? "inconclusive" : "confirmed"}, 'The last release did it.', ${facts.culprit})`.execute(
    db,
  );
  if (facts.payload !== undefined) {
    await sql`INSERT INTO incident_last_payloads (incident_id, project_id, event_id, received_at, payload)
      VALUES (${incidentId}, ${projectId}, ${newId()}, now(), ${JSON.stringify(facts.payload)}::jsonb)`.execute(db);
  }
  return incidentId;
}

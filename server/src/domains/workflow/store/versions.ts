import type { WorkflowUpgrade, WorkflowVersionDetail, WorkflowVersionList } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import { parseCursor } from "../../../platform/db/keyset-cursor.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { diffLines } from "../definition/diff-lines.ts";
import { toYaml } from "../definition/to-yaml.ts";
import { findWorkflow, loadVersion } from "./load-workflow.ts";

/** The versions of a workflow, newest first. @throws CulpritError NOT_FOUND. */
export async function listVersions(
  db: Kysely<DB>,
  request: { readonly workflowId: string; readonly limit: number; readonly cursor?: string | undefined },
): Promise<WorkflowVersionList> {
  const { version: current } = await findWorkflow(db, { id: request.workflowId });
  const before = request.cursor === undefined ? null : Number(parseCursor(request.cursor, 1)[0]);
  const { rows } = await sql<{ version: number; created_by: string | null; created_at: Date }>`
    SELECT version, created_by, created_at FROM workflow_versions
    WHERE workflow_id = ${request.workflowId} ${before === null ? sql`` : sql`AND version < ${before}`}
    ORDER BY version DESC LIMIT ${request.limit + 1}`.execute(db);
  const page = rows.slice(0, request.limit);
  const last = page.at(-1);
  return {
    items: page.map(({ version, created_by, created_at }) => ({
      version,
      is_current: version === current,
      created_by,
      created_at: created_at.toISOString(),
    })),
    next_cursor:
      rows.length > request.limit && last !== undefined
        ? Buffer.from(JSON.stringify([String(last.version)])).toString("base64url")
        : null,
  };
}

/** One version, and what it changed. @throws CulpritError NOT_FOUND. */
export async function showVersion(db: Kysely<DB>, workflowId: string, version: number): Promise<WorkflowVersionDetail> {
  const { version: current } = await findWorkflow(db, { id: workflowId });
  const { definition, createdBy, createdAt } = await loadVersion(db, workflowId, version);
  const yaml = toYaml(definition);
  const before = version > 1 ? toYaml((await loadVersion(db, workflowId, version - 1)).definition) : "";
  return {
    version,
    is_current: version === current,
    created_by: createdBy,
    created_at: createdAt.toISOString(),
    definition,
    yaml,
    diff: diffLines(before, yaml),
  };
}

/**
 * How a project's copy differs from the built-in workflow as it is now, and what that has changed since it was copied.
 * @throws CulpritError NOT_FOUND, or CONFLICT when it is no copy.
 */
export async function showUpgrade(db: Kysely<DB>, workflowId: string): Promise<WorkflowUpgrade> {
  const copy = await findWorkflow(db, { id: workflowId });
  if (copy.copied_from === null || copy.copied_version === null)
    throw new CulpritError(
      "CONFLICT",
      `The workflow ${copy.name} is no copy of a built-in one, so there is nothing to upgrade to.`,
    );
  const builtin = await findWorkflow(db, { id: copy.copied_from });
  const yamlOf = async (id: string, version: number) => toYaml((await loadVersion(db, id, version)).definition);
  const now = await yamlOf(builtin.id, builtin.version);
  const hasUpgrade = builtin.version > copy.copied_version;
  return {
    has_upgrade: hasUpgrade,
    copied_version: copy.copied_version,
    builtin_version: builtin.version,
    diff: diffLines(await yamlOf(copy.id, copy.version), now),
    upstream_diff: hasUpgrade ? diffLines(await yamlOf(builtin.id, copy.copied_version), now) : [],
  };
}

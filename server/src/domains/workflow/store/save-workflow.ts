import { randomBytes } from "node:crypto";
import { type WorkflowDefinition, workflowDefinitionSchema } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import { audit, type Who } from "../../../platform/db/audit-log.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { newId } from "../../../platform/ids/ids.ts";
import { type TriggerRow, toRows } from "../definition/rows.ts";
import { isSameDefinition } from "../definition/to-yaml.ts";

export interface SaveRequest {
  /** Null for the built-in ones. */
  readonly projectId: string | null;
  /** Checked before. */
  readonly definition: WorkflowDefinition;
  readonly by: Who;
  /** The workflow that is changed, also in its name; without it, the one of that name or a new one. */
  readonly workflowId?: string;
  /** The version that the change was made on. */
  readonly baseVersion?: number | undefined;
  /** Refuses a name that is taken. */
  readonly mustBeNew?: boolean;
  /** Where it is kept from now on; without it, where it was, and a new one in the database alone. */
  readonly source?:
    | { readonly kind: "builtin" | "api" }
    | { readonly kind: "repository"; readonly path: string; readonly commit: string };
  /** The built-in workflow, and its version, that this is a copy of. */
  readonly copiedFrom?: { readonly id: string; readonly version: number };
}

export interface Saved {
  readonly workflowId: string;
  readonly version: number;
  readonly isNew: boolean;
  /** A version was made. */
  readonly isChanged: boolean;
}

interface Standing {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly definition: unknown;
  readonly name: string;
}

/**
 * Stores a definition: the rows of document 3 as it stands now, and a further version where something has changed but its
 * status. Of two savers of one name the second sees what the first made.
 * @throws CulpritError CONFLICT when the name is another's, or `baseVersion` isn't the newest.
 */
export async function saveWorkflow(tx: Transaction<DB>, request: SaveRequest): Promise<Saved> {
  const { projectId, definition, by } = request;
  // Whoever saves under this name comes after us: an insert that fails would end the transaction.
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`workflow ${projectId ?? ""} ${definition.name}`}, 0))`.execute(
    tx,
  );
  const known = await find(tx, request);
  if (known !== undefined && request.mustBeNew === true)
    throw new CulpritError(
      "CONFLICT",
      `There is a workflow named ${definition.name} already. Change that one, or take another name.`,
    );
  if (known !== undefined && request.baseVersion !== undefined && request.baseVersion !== known.version) {
    throw new CulpritError(
      "CONFLICT",
      `The workflow was changed meanwhile: it is at version ${known.version}, your change was made on ${request.baseVersion}. Load it, and make your change there.`,
    );
  }
  const saved = known === undefined ? await insert(tx, request) : await update(tx, request, known);
  if (saved.isChanged) {
    await tx
      .insertInto("workflow_versions")
      .values({
        workflow_id: saved.workflowId,
        version: saved.version,
        project_id: projectId,
        definition: JSON.stringify(definition),
        created_by: by.name,
      })
      .execute();
    await writeActions(tx, saved.workflowId, request);
    await writeTriggers(tx, saved.workflowId, request);
    await audit(tx, by, {
      projectId,
      action: saved.isNew ? "workflow.created" : "workflow.changed",
      targetType: "workflow",
      targetId: saved.workflowId,
      details: { name: definition.name, version: saved.version },
    });
  }
  return saved;
}

async function find(
  tx: Transaction<DB>,
  { workflowId, projectId, definition }: SaveRequest,
): Promise<Standing | undefined> {
  const wanted =
    workflowId === undefined
      ? sql`w.name = ${definition.name} AND w.project_id IS NOT DISTINCT FROM ${projectId}::uuid`
      : sql`w.id = ${workflowId} AND w.project_id IS NOT DISTINCT FROM ${projectId}::uuid`;
  const { rows } = await sql<Standing>`
    SELECT w.id, w.version, w.status, w.name, v.definition
    FROM workflows w LEFT JOIN workflow_versions v ON v.workflow_id = w.id AND v.version = w.version
    WHERE ${wanted} FOR UPDATE OF w`.execute(tx);
  if (workflowId !== undefined && rows[0] === undefined)
    throw new CulpritError("NOT_FOUND", "There is no such workflow that you can change.");
  return rows[0];
}

async function insert(tx: Transaction<DB>, request: SaveRequest): Promise<Saved> {
  const { definition, projectId, by, copiedFrom } = request;
  const workflowId = newId();
  await tx
    .insertInto("workflows")
    .values({
      id: workflowId,
      project_id: projectId,
      name: definition.name,
      description: definition.description ?? null,
      status: definition.status,
      config: JSON.stringify(definition.config),
      created_by: by.name,
      ...sourceColumns(request),
      copied_from: copiedFrom?.id ?? null,
      copied_version: copiedFrom?.version ?? null,
    })
    .execute();
  return { workflowId, version: 1, isNew: true, isChanged: true };
}

async function update(tx: Transaction<DB>, request: SaveRequest, known: Standing): Promise<Saved> {
  const { definition, projectId, copiedFrom } = request;
  const before = workflowDefinitionSchema.safeParse(known.definition);
  const isChanged =
    !before.success || !isSameDefinition({ ...before.data, status: "active" }, { ...definition, status: "active" });
  // A row that has no version yet was made by a migration: what is saved first is the version that it stands at.
  const version = isChanged && known.definition !== null ? known.version + 1 : known.version;
  if (definition.name !== known.name) {
    const { rows } = await sql`
      SELECT 1 FROM workflows WHERE project_id IS NOT DISTINCT FROM ${projectId}::uuid AND name = ${definition.name}`.execute(
      tx,
    );
    if (rows.length > 0)
      throw new CulpritError("CONFLICT", `There is a workflow named ${definition.name} already. Take another name.`);
  }
  await tx
    .updateTable("workflows")
    .set({
      name: definition.name,
      description: definition.description ?? null,
      status: definition.status,
      config: JSON.stringify(definition.config),
      version,
      ...sourceColumns(request),
      ...(copiedFrom === undefined ? {} : { copied_from: copiedFrom.id, copied_version: copiedFrom.version }),
    })
    .where("id", "=", known.id)
    .execute();
  return { workflowId: known.id, version, isNew: false, isChanged };
}

function sourceColumns({ source }: SaveRequest) {
  if (source === undefined) return {};
  return source.kind === "repository"
    ? { source: source.kind, source_path: source.path, source_commit: source.commit }
    : { source: source.kind, source_path: null, source_commit: null };
}

async function writeActions(
  tx: Transaction<DB>,
  workflowId: string,
  { definition, projectId }: SaveRequest,
): Promise<void> {
  const { actions } = toRows(definition);
  // Rows keep their ids, because log lines point at them.
  await sql`
    INSERT INTO workflow_actions (project_id, workflow_id, action_type, action_name, config, order_index, conditions, step_id, options)
    SELECT ${projectId}::uuid, ${workflowId}::uuid, r.action_type, r.action_name, r.config, r.order_index, r.conditions, r.step_id, r.options
    FROM jsonb_to_recordset(${JSON.stringify(actions)}::jsonb) AS r(action_type text, action_name text, config jsonb, order_index int,
      conditions jsonb, step_id text, options jsonb)
    ON CONFLICT (workflow_id, order_index) DO UPDATE SET action_type = excluded.action_type, action_name = excluded.action_name,
      config = excluded.config, conditions = excluded.conditions, step_id = excluded.step_id, options = excluded.options`.execute(
    tx,
  );
  await sql`DELETE FROM workflow_actions WHERE workflow_id = ${workflowId} AND order_index >= ${actions.length}`.execute(
    tx,
  );
}

/** A trigger that stays the same keeps its row: the address of a webhook, its secret, when a schedule is due. */
async function writeTriggers(
  tx: Transaction<DB>,
  workflowId: string,
  { definition, projectId }: SaveRequest,
): Promise<void> {
  const { rows: standing } = await sql<TriggerRow & { id: string }>`
    SELECT id, trigger_type, conditions FROM workflow_triggers WHERE workflow_id = ${workflowId} ORDER BY created_at, id`.execute(
    tx,
  );
  const free = [...standing];
  const take = (matches: (row: TriggerRow) => boolean) => {
    const index = free.findIndex(matches);
    return index < 0 ? undefined : free.splice(index, 1)[0];
  };
  const { triggers } = toRows(definition);
  const text = ({ trigger_type, conditions }: TriggerRow) => `${trigger_type} ${sortedJson(conditions)}`;
  const kept = triggers.map((row) => take((other) => text(other) === text(row)));
  for (const [index, row] of triggers.entries()) {
    if (kept[index] !== undefined) continue;
    // A webhook whose conditions changed is still the same address.
    const same = row.trigger_type === "webhook" ? take((other) => other.trigger_type === "webhook") : undefined;
    const conditions = JSON.stringify(row.conditions);
    if (same === undefined) {
      await tx
        .insertInto("workflow_triggers")
        .values({
          id: newId(),
          project_id: projectId,
          workflow_id: workflowId,
          trigger_type: row.trigger_type,
          conditions,
          webhook_token: row.trigger_type === "webhook" && projectId !== null ? newToken() : null,
        })
        .execute();
    } else await tx.updateTable("workflow_triggers").set({ conditions }).where("id", "=", same.id).execute();
  }
  if (free.length > 0)
    await sql`DELETE FROM workflow_triggers WHERE id = ANY(${free.map(({ id }) => id)}::uuid[])`.execute(tx);
}

/** 32 characters of an address that nobody guesses. */
function newToken(): string {
  return randomBytes(24).toString("base64url");
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

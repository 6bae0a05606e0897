import { type WorkflowDefinition, workflowDefinitionSchema } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import type { SecretBox } from "../../../platform/secrets/secret-box.ts";
import type { Secrets } from "../expressions/scope.ts";
import type { StepRow } from "./checkpoints.ts";
import type { Claimed } from "./leases.ts";

const DEFINITIONS_KEPT = 500;

/** Definitions by version, which never change once stored. */
export class Definitions {
  readonly #known = new Map<string, WorkflowDefinition>();

  /** The definitions that these executions run, by `id version`; one that is missing or unreadable is left out. */
  async of(db: Kysely<DB>, claimed: readonly Claimed[]): Promise<(one: Claimed) => WorkflowDefinition | undefined> {
    const keyOf = (one: Claimed) => `${one.workflow_id} ${one.workflow_version}`;
    const found = new Map<string, WorkflowDefinition>();
    const missing = new Map<string, Claimed>();
    for (const one of claimed) {
      const known = this.#known.get(keyOf(one));
      if (known === undefined) missing.set(keyOf(one), one);
      else found.set(keyOf(one), known);
    }
    if (missing.size > 0) {
      const asked = [...missing.values()];
      const { rows } = await sql<{ workflow_id: string; version: number; definition: unknown }>`
        SELECT v.workflow_id, v.version, v.definition FROM workflow_versions v
        JOIN unnest(${asked.map((one) => one.workflow_id)}::uuid[], ${asked.map((one) => one.workflow_version)}::int[]) AS m(id, version)
          ON v.workflow_id = m.id AND v.version = m.version`.execute(db);
      for (const { workflow_id, version, definition } of rows) {
        const parsed = workflowDefinitionSchema.safeParse(definition);
        if (parsed.success) found.set(`${workflow_id} ${version}`, parsed.data);
      }
    }
    this.#keep(found);
    return (one) => found.get(keyOf(one));
  }

  /** The ones used last stay. */
  #keep(used: ReadonlyMap<string, WorkflowDefinition>): void {
    for (const [key, definition] of used) {
      this.#known.delete(key);
      this.#known.set(key, definition);
    }
    for (const key of this.#known.keys()) {
      if (this.#known.size <= DEFINITIONS_KEPT) break;
      this.#known.delete(key);
    }
  }
}

/** The checkpoints of executions that were begun before, by execution and path. */
export async function loadSteps(
  db: Kysely<DB>,
  claimed: readonly Claimed[],
): Promise<ReadonlyMap<string, Map<string, StepRow>>> {
  const found = new Map(claimed.map(({ id }) => [id, new Map<string, StepRow>()]));
  const begun = claimed.filter(({ was_begun }) => was_begun).map(({ id }) => id);
  if (begun.length === 0) return found;
  const { rows } = await sql<{ execution_id: string; step: StepRow }>`
    SELECT execution_id, to_jsonb(s) - 'execution_id' - 'project_id' AS step FROM execution_steps s
    WHERE execution_id = ANY(${begun}::uuid[])`.execute(db);
  for (const { execution_id, step } of rows) found.get(execution_id)?.set(step.path, step);
  return found;
}

/** What conditions and templates read as `incident`, by the incident's key. */
export async function loadIncidents(
  db: Kysely<DB>,
  ids: readonly string[],
  publicUrl: string,
): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<IncidentFacts>`
    SELECT i.id, i.title, i.severity, i.status, i.environment, i.error_type, i.source, i.is_regression, s.service_name AS service
    FROM incidents i LEFT JOIN services s ON s.service_id = i.service_id
    WHERE i.id = ANY(${[...ids]}::uuid[])`.execute(db);
  return new Map(
    rows.map((row) => {
      const id = toPublicId("inc", row.id);
      return [row.id, { ...row, id, url: `${publicUrl}/incidents/${id}` }];
    }),
  );
}

interface IncidentFacts {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
  readonly status: string;
  readonly environment: string;
  readonly error_type: string | null;
  readonly source: string;
  readonly is_regression: boolean;
  readonly service: string | null;
}

/** The secrets of a project, opened. @throws CulpritError SECRET_UNREADABLE when their key is lost. */
export async function loadSecrets(db: Kysely<DB>, box: SecretBox, projectId: string): Promise<Secrets> {
  const { rows } = await sql<{ name: string; value_encrypted: string }>`
    SELECT name, value_encrypted FROM workflow_secrets WHERE project_id = ${projectId}`.execute(db);
  return Object.fromEntries(
    rows.map(({ name, value_encrypted }) => [name, box.open(value_encrypted, `workflow_secret:${projectId}:${name}`)]),
  );
}

import { type Kysely, sql } from "kysely";
import type { DB } from "../../../../platform/db/tables.generated.ts";
import { readTrigger } from "../read-trigger.ts";
import { nextRun } from "./schedule-times.ts";

const DAY_MS = 86_400_000;
/** Where no time comes any more: out of reach, so that it is not planned again each second. */
const NEVER = new Date(8_000_000_000_000);
const isOfHouse = sql`(coalesce(w.config ->> 'runs_for', 'project') = 'installation')`;

/**
 * Gives every schedule that has none its next time: those of saved workflows, which a save leaves without one, and the built-in
 * ones for each project, or for the house project alone where they belong to the installation. Also those that a clock far in the future had moved on, once it is right again.
 * @returns how many were planned.
 */
export async function planSchedules(db: Kysely<DB>, now: Date): Promise<number> {
  const { rows } = await sql<UnplannedRow>`
    SELECT t.id, t.conditions, t.project_id IS NULL AS is_builtin FROM workflow_triggers t JOIN workflows w ON w.id = t.workflow_id
    WHERE t.trigger_type = 'schedule' AND t.enabled AND CASE WHEN t.project_id IS NOT NULL
      THEN t.next_run_at IS NULL OR t.last_run_at > ${new Date(now.getTime() + DAY_MS)}
      ELSE EXISTS (SELECT 1 FROM projects p LEFT JOIN project_schedules s ON s.project_id = p.id AND s.trigger_id = t.id
        WHERE p.is_house = ${isOfHouse} AND (s.trigger_id IS NULL OR s.last_run_at > ${new Date(now.getTime() + DAY_MS)})) END`.execute(
    db,
  );
  let planned = 0;
  for (const row of rows) planned += await plan(db, row, now);
  return planned;
}

interface UnplannedRow {
  readonly id: string;
  readonly conditions: unknown;
  readonly is_builtin: boolean;
}

/** Conditional, as another process may plan the same: its time is the same or a moment apart. */
async function plan(db: Kysely<DB>, { id, conditions, is_builtin }: UnplannedRow, now: Date): Promise<number> {
  const next = nextRunOf(conditions, now) ?? NEVER;
  const ahead = new Date(now.getTime() + DAY_MS);
  if (!is_builtin) {
    const { numAffectedRows } = await sql`
      UPDATE workflow_triggers SET next_run_at = ${next}, last_run_at = CASE WHEN last_run_at <= ${ahead} THEN last_run_at END
      WHERE id = ${id} AND conditions = ${JSON.stringify(conditions)}::jsonb
        AND (next_run_at IS NULL OR last_run_at > ${ahead})`.execute(db);
    return Number(numAffectedRows ?? 0n);
  }
  const { numAffectedRows } = await sql`
    INSERT INTO project_schedules AS s (project_id, trigger_id, next_run_at)
    SELECT p.id, ${id}::uuid, ${next} FROM projects p, workflow_triggers t JOIN workflows w ON w.id = t.workflow_id
    WHERE t.id = ${id} AND p.is_house = ${isOfHouse} ORDER BY p.id
    ON CONFLICT (project_id, trigger_id) DO UPDATE SET next_run_at = excluded.next_run_at, last_run_at = NULL
    WHERE s.last_run_at > ${ahead}`.execute(db);
  return Number(numAffectedRows ?? 0n);
}

function nextRunOf(conditions: unknown, now: Date): Date | null {
  const trigger = readTrigger("schedule", conditions);
  if (!("type" in trigger) || trigger.type !== "schedule") return null;
  try {
    return nextRun(trigger, now);
  } catch {
    // Saving refuses such an expression; what got in otherwise never comes.
    return null;
  }
}

import type { DryRun, WorkflowDefinition } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import type { ActionTypes } from "../definition/action-types.ts";
import { loadIncidents } from "../run/load-run.ts";
import { checkWorkflow, invalid, type Written } from "../store/change-workflow.ts";
import { checkInputs } from "./check-inputs.ts";
import { factsOf } from "./event-facts.ts";
import { eventForTemplates } from "./event-for-templates.ts";
import { type CandidateTrigger, judgeEvent } from "./judge-event.ts";
import { nextRuns } from "./schedule/schedule-times.ts";

/** Payloads are large: so many events are held at once. */
const CHUNK = 20;
const NEXT_TIMES = 5;

/**
 * Holds a draft against stored events as if it were active and saved: which would have run it, which not and why. Executes and
 * stores nothing.
 * @throws CulpritError WORKFLOW_INVALID with all problems; NOT_FOUND for an event that is not the project's.
 */
export async function dryRun(
  scope: DatabaseScope,
  request: {
    readonly projectId: string;
    readonly written: Written;
    readonly actions: ActionTypes;
    /** The newest so many, or chosen ones. */
    readonly events: { readonly last: number } | { readonly ids: readonly string[] };
    readonly publicUrl: string;
    readonly now: Date;
  },
): Promise<DryRun> {
  const { projectId, written, actions, publicUrl, now } = request;
  const { definition, problems } = await checkWorkflow(scope, { projectId, written, actions });
  const errors = problems.filter(({ severity }) => severity === "error");
  if (definition === null || errors.length > 0) throw invalid(errors);
  const results = await scope.snapshot(async (tx) => {
    const ids = await eventIds(tx, projectId, request.events);
    const judged: DryRun["results"] = [];
    for (let from = 0; from < ids.length; from += CHUNK)
      judged.push(...(await judgeChunk(tx, definition, ids.slice(from, from + CHUNK), publicUrl)));
    return judged;
  });
  const count = (outcome: DryRun["results"][number]["outcome"]) =>
    results.filter((one) => one.outcome === outcome).length;
  return {
    workflow: definition.name,
    would_run: count("would_run"),
    would_not_run: count("would_not_run"),
    not_concerned: count("not_concerned"),
    results,
    schedules: definition.triggers.flatMap((trigger, index) => {
      if (trigger.type !== "schedule") return [];
      const next = nextRuns(trigger, NEXT_TIMES, now).map((at) => at.toISOString());
      return [{ trigger: index, cron: trigger.cron, timezone: trigger.timezone, next }];
    }),
  };
}

async function eventIds(
  tx: Kysely<DB>,
  projectId: string,
  wanted: { readonly last: number } | { readonly ids: readonly string[] },
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT event_id AS id FROM workflow_events
    WHERE project_id = ${projectId} ${"ids" in wanted ? sql`AND event_id = ANY(${[...wanted.ids]}::uuid[])` : sql``}
    ORDER BY created_at DESC, event_id DESC LIMIT ${"last" in wanted ? wanted.last : wanted.ids.length}`.execute(tx);
  const found = rows.map(({ id }) => id);
  const missing = "ids" in wanted ? wanted.ids.find((id) => !found.includes(id)) : undefined;
  if (missing !== undefined)
    throw new CulpritError("NOT_FOUND", `There is no event ${toPublicId("evt", missing)} in this project.`);
  return found;
}

interface EventRow {
  readonly event_id: string;
  readonly event_type: string;
  readonly subject: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly incident_id: string | null;
  readonly created_at: Date;
  readonly project_id: string;
  readonly project_name: string;
}

async function judgeChunk(
  tx: Kysely<DB>,
  definition: WorkflowDefinition,
  ids: readonly string[],
  publicUrl: string,
): Promise<DryRun["results"]> {
  const { rows } = await sql<EventRow>`
    SELECT e.event_id, e.event_type, e.subject, e.payload, e.incident_id, e.created_at, e.project_id, p.name AS project_name
    FROM workflow_events e JOIN projects p ON p.id = e.project_id WHERE e.event_id = ANY(${[...ids]}::uuid[])
    ORDER BY e.created_at DESC, e.event_id DESC`.execute(tx);
  const incidents = await loadIncidents(
    tx,
    rows.flatMap(({ incident_id }) => incident_id ?? []),
    publicUrl,
  );
  return rows.map((row) => judgeRow(row, definition, incidents));
}

function judgeRow(
  row: EventRow,
  definition: WorkflowDefinition,
  incidents: Awaited<ReturnType<typeof loadIncidents>>,
): DryRun["results"][number] {
  // Only event triggers are asked, and a result names the trigger by its place among all of them.
  const places = definition.triggers.flatMap((trigger, place) =>
    trigger.type === "event" ? [{ trigger, place }] : [],
  );
  const triggers = places.map(({ trigger }): CandidateTrigger => ({ triggerId: null, isEnabled: true, trigger }));
  const facts = factsOf(row.event_type, row.payload);
  const [first] = judgeEvent({ status: "active", triggers }, { type: row.event_type, facts }, () => ({
    event: eventForTemplates(row.event_type, row.payload),
    inputs: {},
    steps: {},
    workflow: { id: "", name: definition.name, version: 0 },
    execution: { id: "", trigger: "event", url: "" },
    project: { id: toPublicId("proj", row.project_id), name: row.project_name },
    incident: row.incident_id === null ? null : (incidents.get(row.incident_id) ?? null),
  }));
  const base = {
    event_id: toPublicId("evt", row.event_id),
    event_type: row.event_type,
    subject: row.subject,
    created_at: row.created_at.toISOString(),
  };
  if (first === undefined || first.outcome === "not_concerned") {
    const reason = `No trigger of it names ${row.event_type}.`;
    return { ...base, outcome: "not_concerned", trigger: null, reason, details: {} };
  }
  const trigger = places[first.index]?.place ?? null;
  const { reason, details } = first;
  if (first.outcome === "did_not_run") return { ...base, outcome: "would_not_run", trigger, reason, details };
  const checked = checkInputs(definition, {});
  if (checked.ok) return { ...base, outcome: "would_run", trigger, reason, details: { ...details } };
  const words = checked.problems.map(({ message }) => message).join(" ");
  return {
    ...base,
    outcome: "would_not_run",
    trigger,
    reason: `It asks for inputs that an event does not give: ${words}`,
    details,
  };
}

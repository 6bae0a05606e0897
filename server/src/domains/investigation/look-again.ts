import { sql } from "kysely";
import { moveIncident } from "../incident/index.ts";
import type { InvestigationDeps } from "./observe/observe-deps.ts";
import { keysConcerning } from "./observe/observe-incident.ts";

/** What became of a look: whether an investigation was started, and why or why not, in a sentence. */
export interface Look {
  readonly isLooking: boolean;
  readonly reason: string;
}

/** Looks of its own at one episode of an incident. */
const LOOKS_MAX = 2;
/** An answer that rests on so much of the trouble stands, unless it is inconclusive. */
const SETTLED_AFTER_MS = 10 * 60_000;
/** Two answers so near to each other read the same minutes. */
const APART_MS = 90_000;

interface StandingAnswer {
  project_id: string;
  environment: string;
  service_id: string | null;
  service_name: string | null;
  status: string;
  is_judged: boolean;
  verdict: string;
  looked_at: Date;
  began_at: Date;
  looks: number;
  changes: number;
  merged: number;
}

/**
 * Starts the next investigation of an incident whose answer is inconclusive or came early, if there is telemetry of what concerns it, a change, or
 * a further signal that joined it, since the last one was read. Asks by keys and indexes alone; nothing is started for an incident that is being
 * investigated, was resolved or answered by a person, or was looked at twice since it began. Idempotent: its own start is a look.
 */
export async function lookAgain(
  deps: InvestigationDeps,
  { incidentId }: { readonly incidentId: string },
): Promise<Look> {
  const nowAt = deps.now?.() ?? new Date();
  const answer = await loadAnswer(deps, incidentId);
  if (answer === null) return no("There is no answer yet.");
  if (answer.status !== "diagnosed") return no(`The incident is ${answer.status}.`);
  if (answer.is_judged) return no("A person said what the cause was.");
  if (answer.looks >= LOOKS_MAX) return no(`It was looked at again ${LOOKS_MAX} times already.`);
  if (answer.verdict !== "inconclusive" && answer.looked_at.getTime() - answer.began_at.getTime() >= SETTLED_AFTER_MS)
    return no(`The answer is ${answer.verdict} and rests on ten minutes of the trouble.`);
  if (nowAt.getTime() - answer.looked_at.getTime() < APART_MS) return no("It was investigated a moment ago.");
  const news = await whatIsNew(deps, answer, nowAt);
  if (news.length === 0) return no("Nothing was told since the last look.");
  const reason = `Looked again: since the answer was given there ${news.join(", ")}.`;
  const isLooking = await deps.database.transaction((tx) =>
    moveIncident(tx, { incidentId, to: "triaged", reason, details: { look: answer.looks + 1 } }),
  );
  return isLooking ? { isLooking, reason } : no("It was taken up by somebody else.");
}

function no(reason: string): Look {
  return { isLooking: false, reason };
}

async function loadAnswer({ database }: InvestigationDeps, incidentId: string): Promise<StandingAnswer | null> {
  const { rows } = await sql<StandingAnswer>`
    SELECT i.project_id, i.environment, i.service_id, s.service_name, i.status, i.resolution_kind IS NOT NULL AS is_judged, r.verdict,
      r.created_at AS looked_at, b.began_at,
      (SELECT count(*) FROM incident_decisions d WHERE d.incident_id = i.id AND d.decision = 'approved' AND d.details ? 'look'
        AND d.decided_at >= b.began_at)::int AS looks,
      ((SELECT count(*) FROM deployment_events e WHERE e.project_id = i.project_id AND e.started_at > r.created_at AND e.environment = i.environment)
        + (SELECT count(*) FROM config_change_events c WHERE c.project_id = i.project_id AND c.detected_at > r.created_at AND c.environment = i.environment))::int AS changes,
      (SELECT count(*) FROM incident_decisions d WHERE d.incident_id = i.id AND d.decision = 'merged' AND d.decided_at > r.created_at)::int AS merged
    FROM incidents i
    LEFT JOIN services s ON s.service_id = i.service_id
    CROSS JOIN LATERAL (SELECT verdict, created_at FROM incident_reports WHERE incident_id = i.id ORDER BY revision DESC LIMIT 1) r
    CROSS JOIN LATERAL (
      SELECT coalesce(max(decided_at), least(i.created_at, i.occurred_at)) AS began_at FROM incident_decisions
      WHERE incident_id = i.id AND decision = 'reopened'
    ) b
    WHERE i.id = ${incidentId}`.execute(database.db);
  return rows[0] ?? null;
}

async function whatIsNew(deps: InvestigationDeps, answer: StandingAnswer, now: Date): Promise<readonly string[]> {
  const news: string[] = [];
  if (await hasTelemetrySince(deps, answer, now)) news.push("came telemetry of it");
  if (answer.changes > 0) news.push("were changes");
  if (answer.merged > 0) news.push("were signals that joined it");
  return news;
}

async function hasTelemetrySince(deps: InvestigationDeps, answer: StandingAnswer, now: Date): Promise<boolean> {
  const { project_id: projectId, environment, service_id: serviceId, service_name: serviceName } = answer;
  const keys = await keysConcerning(deps, { projectId, environment, serviceId, serviceName });
  const found = await deps.telemetry.listSeries({
    ...{ projectId, environment, fromMs: answer.looked_at.getTime(), toMs: now.getTime(), seriesMax: 1 },
    ...(keys.length === 0 ? {} : { serviceKeys: keys }),
  });
  return found.length > 0;
}

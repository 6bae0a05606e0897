import { hash } from "node:crypto";
import type { FeedbackInput, IncidentStatus } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { type Actor, type FoundIncident, findIncident } from "../../incident/index.ts";
import { recordFeedback } from "../../investigation/index.ts";
import type { IntegrationServices } from "../integration-services.ts";
import { type Callback, readCallback } from "./callback-token.ts";

/** What became of a button that was pressed, in words for whoever pressed it. */
export interface CallbackResult {
  readonly outcome: "done" | "invalid" | "expired" | "used" | "decided" | "no_cause";
  readonly message: string;
  /** Public id; null where the token says nothing. */
  readonly incidentId: string | null;
}

/** From where a button's move makes sense; what was decided since the message went out is not undone by it. */
const undecided: Readonly<Record<"approve" | "suppress", readonly IncidentStatus[]>> = {
  approve: ["open", "suppressed", "failed", "agent_failed"],
  suppress: ["open"],
};

/** What a button would do now, without doing it. */
export async function describeCallback(
  services: IntegrationServices,
  token: string,
): Promise<CallbackResult & { readonly question: string | null }> {
  const callback = readCallback(services.secretBox, token, services.now());
  if (typeof callback === "string") return { ...refused(callback), question: null };
  return services.database.transaction(async (tx) => {
    const checked = await check(tx, callback, token, null);
    if ("outcome" in checked) return { ...checked, question: null };
    const { rows } = await sql<{
      title: string;
    }>`SELECT title FROM incidents WHERE id = ${callback.incidentId}`.execute(tx);
    const incidentId = toPublicId("inc", callback.incidentId);
    const cause = await causeOf(tx, callback);
    return { outcome: "done", message: rows[0]?.title ?? "", incidentId, question: questionOf(callback.verb, cause) };
  });
}

/**
 * Carries out a button, once: the same feedback that the page writes, named after whoever pressed it; `actor` null is
 * whoever has the link. `projectId`, where it is given, must be the incident's.
 */
export async function carryOutCallback(
  services: IntegrationServices,
  request: { readonly token: string; readonly projectId: string | null; readonly actor: Actor | null },
): Promise<CallbackResult> {
  const { token, projectId } = request;
  const callback = readCallback(services.secretBox, token, services.now());
  if (typeof callback === "string") return refused(callback);
  const incidentId = toPublicId("inc", callback.incidentId);
  try {
    return await services.database.transaction(async (tx) => {
      // Presses of one button come one after the other, so that each later one sees what the first has done.
      await sql`SELECT pg_advisory_xact_lock(hashtext('culprit_callback'), hashtext(${signedPart(token)}))`.execute(tx);
      const checked = await check(tx, callback, token, projectId);
      if ("outcome" in checked) return checked;
      const actor = request.actor ?? (await linkHolder(tx, callback.integrationId));
      const { rows } = await sql`
        INSERT INTO callback_uses (token_hash, project_id, incident_id, verb, actor)
        VALUES (${hashOf(token)}, ${checked.projectId}, ${callback.incidentId}, ${callback.verb}, coalesce((SELECT github_login FROM users WHERE ${actor.type} = 'user' AND id::text = ${actor.id}), ${actor.id ?? "Culprit"}))
        ON CONFLICT (token_hash) DO NOTHING RETURNING 1`.execute(tx);
      if (rows.length === 0) return { outcome: "used", message: words.used, incidentId };
      const event = eventOf(callback, checked.status);
      await recordFeedback(within(tx), services.queue, { incidentId: callback.incidentId, actor, event });
      return { outcome: "done", message: dones[callback.verb], incidentId };
    });
  } catch (error) {
    if (!(error instanceof CulpritError) || (error.code !== "CONFLICT" && error.code !== "NOT_FOUND")) throw error;
    return { outcome: "decided", message: `${error.message} Nothing was changed.`, incidentId };
  }
}

/** The incident, where the button may still be pressed; otherwise why not. */
async function check(
  tx: Transaction<DB>,
  callback: Callback,
  token: string,
  projectId: string | null,
): Promise<FoundIncident | CallbackResult> {
  const incidentId = toPublicId("inc", callback.incidentId);
  const { rows: used } = await sql<{ actor: string }>`
    SELECT actor FROM callback_uses WHERE token_hash = ${hashOf(token)}`.execute(tx);
  if (used[0] !== undefined) return { outcome: "used", message: `${words.used} By ${used[0].actor}.`, incidentId };
  const incident = await findIncident(tx, callback.incidentId, projectId).catch((error: unknown) => {
    if (error instanceof CulpritError && error.code === "NOT_FOUND") return null;
    throw error;
  });
  const decided = (message: string): CallbackResult => ({ outcome: "decided", message, incidentId });
  if (incident === null) return decided("The incident is gone.");
  const { verb, hypothesisId } = callback;
  if (verb === "approve" || verb === "suppress")
    return undecided[verb].includes(incident.status)
      ? incident
      : decided(`The incident is ${incident.status.replaceAll("_", " ")} by now, so there is nothing left to decide.`);
  const { rows } = await sql<{ event_type: string }>`
    SELECT event_type FROM feedback_events WHERE incident_id = ${incident.id} AND payload ->> 'hypothesis_id' = ${hypothesisId}
      AND event_type IN ('hypothesis_confirmed', 'hypothesis_rejected') ORDER BY created_at DESC LIMIT 1`.execute(tx);
  if (rows[0] !== undefined) {
    const how = rows[0].event_type === "hypothesis_confirmed" ? "confirmed" : "ruled out";
    return decided(`This cause was ${how} already. It can be changed on the incident's page.`);
  }
  const noCause = (message: string): CallbackResult => ({ outcome: "no_cause", message, incidentId });
  const cause = await causeOf(tx, callback);
  if (cause === null) return noCause("The cause that the message named is no longer among the incident's. Look there.");
  if (cause.type !== "unknown") return incident;
  const wanted = verb === "confirm" ? "confirm" : "rule out";
  return noCause(`There is no cause to ${wanted}: when the message was sent, the cause was not known.`);
}

interface Cause {
  readonly title: string;
  readonly type: string;
}

/** The hypothesis that a button is about; null where it is about none, or one that the incident no longer has. */
async function causeOf(tx: Transaction<DB>, { incidentId, hypothesisId }: Callback): Promise<Cause | null> {
  const { rows } = await sql<Cause>`
    SELECT title, hypothesis_type AS type FROM incident_hypotheses
    WHERE hypothesis_id = ${hypothesisId} AND incident_id = ${incidentId}`.execute(tx);
  return rows[0] ?? null;
}

function eventOf({ verb, hypothesisId }: Callback, from: IncidentStatus): FeedbackInput {
  const hypothesis_id = hypothesisId ?? "";
  switch (verb) {
    case "approve":
      return {
        event_type: "incident_status_changed",
        payload: { from, to: "triaged", reason: "Approved from a message." },
      };
    case "suppress":
      return {
        event_type: "incident_status_changed",
        payload: { from, to: "suppressed", reason: "Suppressed from a message." },
      };
    case "confirm":
      return { event_type: "hypothesis_confirmed", payload: { hypothesis_id } };
    case "reject":
      return { event_type: "hypothesis_rejected", payload: { hypothesis_id } };
  }
}

function questionOf(verb: Callback["verb"], cause: Cause | null): string {
  switch (verb) {
    case "approve":
      return "Investigate this incident?";
    case "suppress":
      return "Suppress this incident?";
    case "confirm":
      return `Confirm this cause? “${cause?.title ?? ""}”`;
    case "reject":
      return `Rule out this cause? “${cause?.title ?? ""}”`;
  }
}

const dones: Readonly<Record<Callback["verb"], string>> = {
  approve: "The incident will be investigated.",
  suppress: "The incident is suppressed.",
  confirm: "The cause is confirmed.",
  reject: "The cause is ruled out.",
};
const words = {
  used: "This button was pressed before.",
  expired: "This button is older than seven days. Open the incident to decide.",
  invalid: "This is no button of this Culprit, or its link was not copied whole.",
};

function refused(outcome: "expired" | "invalid"): CallbackResult {
  return { outcome, message: words[outcome], incidentId: null };
}

/** Who pressed a button on a page without having signed in. */
async function linkHolder(tx: Transaction<DB>, integrationId: string | null): Promise<Actor> {
  const { rows } = await sql<{ name: string }>`SELECT name FROM integrations WHERE id = ${integrationId}`.execute(tx);
  const through = rows[0] === undefined ? "a message" : rows[0].name;
  return { type: "integration", id: `somebody with the link from ${through}` };
}

/** What tells presses of one button: of the part that is signed, so that the same signature in other letters is no other button. */
function hashOf(token: string): string {
  return hash("sha256", signedPart(token));
}

function signedPart(token: string): string {
  return token.split(".")[0] ?? "";
}

/** A scope that stays in the transaction at hand. */
function within(tx: Transaction<DB>): DatabaseScope {
  return { db: tx, transaction: (fn) => fn(tx), snapshot: (fn) => fn(tx) };
}

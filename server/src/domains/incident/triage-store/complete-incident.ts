import type { TriageStatus } from "@culprit/contract";
import { sql } from "kysely";
import { scrubText } from "../../../analysis/scrub/index.ts";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { type IncidentRef, lockIncident, moveToWord } from "./locked-incident.ts";
import { toTriageStatus } from "./triage-words.ts";

export interface Completion extends IncidentRef {
  /** Of the agent's process; negative where it never ran or was killed. */
  readonly exitCode: number;
  /** Why it failed; also where the process ended well and its report is missing or too short. */
  readonly failureReason?: string | undefined;
}

const FAILURE_REASON_MAX = 65_536;

/**
 * Ends an incident's triage: `resolved` after exit code 0 without a failure, `agent_failed` after any other end of the agent,
 * `failed` where it did not come to an end. A status that was settled before stays. The same call again changes nothing.
 * @returns whether something changed.
 * @throws CulpritError NOT_FOUND, or CONFLICT for another end of a triage that has ended, or one that was never begun.
 */
export async function completeIncident(scope: DatabaseScope, completion: Completion): Promise<boolean> {
  const { exitCode } = completion;
  const given = (completion.failureReason ?? "").slice(0, FAILURE_REASON_MAX);
  const failureReason = given === "" ? null : scrubText(given, {});
  return scope.transaction(async (tx) => {
    const incident = await lockIncident(tx, completion);
    const word = toTriageStatus(incident.status);
    if (incident.exitCode !== null) {
      if (incident.exitCode === exitCode && incident.failureReason === failureReason) return false;
      throw new CulpritError(
        "CONFLICT",
        `The triage ended before with exit code ${incident.exitCode}. A next try begins with investigating.`,
      );
    }
    const outcome = outcomeOf(exitCode, failureReason);
    if (word === "pending" && outcome === "resolved")
      throw new CulpritError("CONFLICT", "The triage was never begun: make the incident investigating first.");
    if (word === "pending" || word === "investigating") {
      const ended = `The triage run ended with exit code ${exitCode}.`;
      await moveToWord(tx, incident, outcome, { reason: failureReason ?? ended });
    }
    await sql`
      UPDATE incidents SET exit_code = ${exitCode}, failure_reason = ${failureReason}, completed_at = coalesce(completed_at, now())
      WHERE id = ${incident.id}`.execute(tx);
    return true;
  });
}

function outcomeOf(exitCode: number, failureReason: string | null): TriageStatus {
  if (exitCode < 0) return "failed";
  return exitCode === 0 && failureReason === null ? "resolved" : "agent_failed";
}

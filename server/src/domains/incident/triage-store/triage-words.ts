import { type IncidentStatus, incidentStatuses, type TriageStatus } from "@culprit/contract";
import { sourcesOf } from "../status.ts";

/**
 * Document 2's words for the states of an incident. This is the one place where they meet the machine (`../status.ts`);
 * the view `triage.incidents` says the same in SQL, and a test compares the two.
 */
const wordOf: Readonly<Record<IncidentStatus, TriageStatus>> = {
  open: "pending",
  suppressed: "resolved",
  triaged: "pending",
  investigating: "investigating",
  // The triage run ended; whether the fault itself is settled is said by `resolved`.
  diagnosed: "resolved",
  pr_created: "resolved",
  failed: "failed",
  agent_failed: "agent_failed",
  resolved: "resolved",
};

/** The states that each word aims at, the first that can be reached. Nothing moves back to `pending`. */
const aimsOf: Readonly<Record<TriageStatus, readonly IncidentStatus[]>> = {
  pending: [],
  investigating: ["investigating"],
  resolved: ["diagnosed", "resolved"],
  failed: ["failed"],
  agent_failed: ["agent_failed"],
};

/** What document 2 calls a state. */
export function toTriageStatus(status: IncidentStatus): TriageStatus {
  return wordOf[status];
}

/** The states that one of the words stands for. */
export function statusesOf(words: readonly TriageStatus[]): readonly IncidentStatus[] {
  return incidentStatuses.filter((status) => words.includes(wordOf[status]));
}

/**
 * The moves of the machine that take an incident from where it stands to what the word says: none where it says so already.
 * Whoever begins a run, or reports that it could not, has approved what waited for a decision; so has a next try. Hence
 * the way through `triaged`. @returns null where there is no way.
 */
export function movesTo(from: IncidentStatus, word: TriageStatus): readonly IncidentStatus[] | null {
  if (wordOf[from] === word) return [];
  const direct = aimsOf[word].find((aim) => sourcesOf(aim).includes(from));
  if (direct !== undefined) return [direct];
  const mayApprove = sourcesOf("triaged").includes(from) && (from === "open" || word === "investigating");
  const approved = aimsOf[word].find((aim) => sourcesOf(aim).includes("triaged"));
  return mayApprove && approved !== undefined ? ["triaged", approved] : null;
}

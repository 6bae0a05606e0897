import type {
  Autopsy,
  Change,
  HypothesisType,
  IncidentStatus,
  ProofOutcome,
  StatusFilter,
  Verdict,
} from "@culprit/contract";

/** The status in the words of the page. */
export const statusWords: Record<IncidentStatus, string> = {
  open: "Open",
  suppressed: "Suppressed",
  triaged: "Queued",
  investigating: "Investigating",
  diagnosed: "Diagnosed",
  pr_created: "Pull request open",
  failed: "Failed",
  agent_failed: "Agent failed",
  resolved: "Resolved",
};

/** What the list can be narrowed to, in the words of the page. */
export const statusFilterWords: Record<StatusFilter, string> = { ...statusWords, unresolved: "Unresolved" };

export const verdictWords: Record<Verdict, string> = {
  confirmed: "Confirmed",
  likely: "Likely",
  inconclusive: "Inconclusive",
};

export const hypothesisWords: Record<HypothesisType, string> = {
  release: "Release",
  traffic: "Traffic",
  dependency: "Dependency",
  db: "Database",
  infra: "Infrastructure",
  unknown: "Unknown",
  config: "Configuration",
  flag: "Feature flag",
};

export const changeWords: Record<Change["kind"], string> = {
  deployment: "Deployment",
  rollback: "Rollback",
  config: "Setting",
  flag: "Feature flag",
  migration: "Schema",
};

export const proofWords: Record<ProofOutcome, string> = {
  green: "Proven",
  red: "Not proven",
  not_run: "Not run",
};

/** What a proof's outcome means for somebody who is about to apply the patch. */
export const proofMeanings: Record<ProofOutcome, string> = {
  green: "The failure was reproduced before the patch and is gone after it.",
  red: "The patch was run and did not hold. Do not apply it as it is.",
  not_run: "Nobody ran this patch. Treat it as a suggestion.",
};

export const patchKindWords: Record<NonNullable<Autopsy["patch_kind"]>, string> = {
  fix: "Fix",
  mitigation: "Mitigation",
  revert: "Revert",
};

/** What the kind of a patch promises, and what it does not. */
const patchKindMeanings: Record<NonNullable<Autopsy["patch_kind"]>, string> = {
  fix: "Mends what is wrong.",
  mitigation: "Stops the crash; it does not mend the cause.",
  revert: "Takes the commit back, with everything else that it changed.",
};

/** What a patch of a kind does to the failure. */
export function patchMeaning(kind: NonNullable<Autopsy["patch_kind"]>, proposer: string): string {
  return proposer === "revert-part"
    ? "Takes back what fails of the commit; the rest of it stays."
    : patchKindMeanings[kind];
}

/** What a confidence says, and what it does not. */
export const confidenceMeaning =
  "How likely this is the cause, of all that could be. Checked against scenarios whose cause is known where telemetry was looked at (docs/accuracy.md); from code alone it is an estimate.";

/** Who drafted a patch, as the beginning of a sentence; a rule is called by its name. */
export function proposerWords(proposer: string): string {
  return namedProposers[proposer] ?? `Drafted by the rule ${proposer}`;
}

const namedProposers: Readonly<Record<string, string>> = {
  revert: "The blamed commit, undone",
  "revert-part": "A part of the blamed commit, undone",
  model: "Drafted by a model",
  agent: "Drafted by a coding agent",
};

import type { HypothesisType } from "@culprit/contract";
import type { EvidenceDraft } from "../inspections/finding.ts";
import type { World } from "../world/world.ts";
import type { LearnedPrior } from "./learned.ts";

/** What people taught about a cause like this one. */
export interface LearnedOdds {
  /** Added to the log-odds, within ±1: people's past words move an answer, they do not make it. */
  readonly odds: number;
  readonly text: string;
  readonly evidence: EvidenceDraft;
}

const oddsMax = 1;
/** How far what is known of the whole project counts for one service. */
const elsewhereShare = 0.5;
/** What one similar incident says at most. */
const alikeOdds = 0.6;

/**
 * What feedback says for or against a cause, or null where nobody said anything: the posterior log-odds of a Beta with one success and one failure
 * assumed (Laplace), of the narrowest group that has judgements, and how similar incidents ended. Together at most one unit either way.
 */
export function learnedOdds(
  world: World,
  cause: {
    readonly type: HypothesisType;
    readonly pattern: string | null;
    readonly component: string | null;
  },
): LearnedOdds | null {
  const { incident, learned, alike } = world;
  const services = [cause.component, incident.service];
  const prior = narrowest(learned.priors, services, cause);
  const outcomes = alike.flatMap((one) =>
    one.outcomes.filter(
      (outcome) =>
        outcome.type === cause.type &&
        (outcome.pattern === null || cause.pattern === null || outcome.pattern === cause.pattern),
    ),
  );
  if (prior === null && outcomes.length === 0) return null;
  const ofPrior = prior === null ? 0 : oddsOfPrior(prior);
  const good = outcomes.filter(({ isConfirmed }) => isConfirmed).length;
  const bad = outcomes.length - good;
  const ofAlike = alikeOdds * Math.log((good + 1) / (bad + 1));
  const odds = Math.max(-oddsMax, Math.min(oddsMax, ofPrior + ofAlike));
  const what = `${cause.type}${cause.pattern === null ? "" : ` (${cause.pattern})`}`;
  const sentences = [
    prior === null
      ? null
      : `people confirmed a cause of kind ${what} ${times(prior.timesConfirmed)} and ruled one out ${times(prior.timesRejected)}${prior.service === null ? " in this project" : ` at ${prior.service}`}`,
    outcomes.length === 0 ? null : `in similar incidents it was confirmed ${times(good)} and ruled out ${times(bad)}`,
  ].filter((sentence) => sentence !== null);
  return {
    odds,
    text: sentences.join("; "),
    evidence: {
      kind: "sql_query",
      source: "postgres",
      ref: `sql:judged_hypotheses?type=${cause.type}&pattern=${encodeURIComponent(cause.pattern ?? "")}&service=${encodeURIComponent(prior?.service ?? "")}`,
      title: "What people said of such causes",
      snapshot: sentences.join("\n"),
    },
  };
}

/** Posterior log-odds of a Beta with one success and one failure assumed, half as much for what is known of the whole project; within ±1. */
export function oddsOfPrior({ confirmed, rejected, service }: LearnedPrior): number {
  const odds = Math.log((confirmed + 1) / (rejected + 1)) * (service === null ? elsewhereShare : 1);
  return Math.max(-oddsMax, Math.min(oddsMax, odds));
}

function times(count: number): string {
  return count === 1 ? "once" : count === 0 ? "never" : `${count} times`;
}

/** The group that says most about just this: the service and pattern, then the service and type, then the project's. */
function narrowest(
  priors: readonly LearnedPrior[],
  services: readonly (string | null)[],
  { type, pattern }: { readonly type: HypothesisType; readonly pattern: string | null },
): LearnedPrior | null {
  const places = [...services.filter((service) => service !== null), null];
  for (const wanted of pattern === null ? [null] : [pattern, null])
    for (const service of places) {
      const found = priors.find((one) => one.service === service && one.type === type && one.pattern === wanted);
      if (found !== undefined) return found;
    }
  return null;
}

import type { Verdict } from "@culprit/contract";
import { shortSha } from "../inspections/context.ts";
import type { World } from "../world/world.ts";
import type { RankedHypothesis } from "./rank-hypotheses.ts";

export interface Decision {
  readonly verdict: Verdict;
  readonly culpritCommit: string | null;
  /** One sentence for lists. */
  readonly summary: string;
}

const likelyMin = 0.5;
const confirmedMin = 0.8;
const marginMin = 0.25;

/**
 * Decides by rule. `confirmed`: a commit of the deployed range or a reported change, at 0.8 or more, well ahead of the next, on
 * at least two kinds of finding; a commit must have changed a failing line of the innermost frames, or precisely what it needs
 * (`isDirect`): time and nearness alone never confirm. `likely`: at 0.5 or more. Everything else, another system's failure included, is
 * `inconclusive` and blames no commit.
 */
export function decide(world: World, hypotheses: readonly RankedHypothesis[]): Decision {
  const [top, next] = hypotheses;
  if (top === undefined)
    return {
      verdict: "inconclusive",
      culpritCommit: null,
      summary: "Inconclusive: nothing is known about what changed.",
    };
  const isCause = top.subject.kind === "commit" || top.subject.kind === "config_change";
  if (!isCause || top.confidence < likelyMin)
    return { verdict: "inconclusive", culpritCommit: null, summary: inconclusive(world, top) };
  const kinds = new Set(top.for.filter((finding) => finding.weight > 0.3).map((finding) => finding.inspection));
  const isAhead = next === undefined || top.confidence - next.confidence >= marginMin;
  const culpritCommit = top.subject.kind === "commit" ? top.subject.sha : null;
  const isProven = culpritCommit === null || top.for.some((finding) => finding.isDirect === true);
  const verdict = top.confidence >= confirmedMin && isAhead && isProven && kinds.size >= 2 ? "confirmed" : "likely";
  // One fact is enough for a sentence, the one that convinces most; the page and the report list them all.
  const direct = top.for.find((finding) => finding.isDirect === true);
  const [reason = ""] = (direct ?? top.for[0])?.text.split("; ") ?? [];
  const what =
    culpritCommit === null
      ? top.title
      : `Commit ${shortSha(culpritCommit)} ("${top.title.replace(/^Commit \w+: /, "")}")`;
  return {
    verdict,
    culpritCommit,
    summary: `${what} ${verdict === "confirmed" ? "caused it" : "likely caused it"}: ${reason}.`.slice(0, 600),
  };
}

function inconclusive(world: World, top: RankedHypothesis): string {
  if (top.subject.kind === "outside")
    return `Inconclusive for this code: ${top.for[0]?.text ?? "another system failed"}.`.slice(0, 600);
  if (top.subject.kind === "traffic")
    return "Inconclusive: the errors complain about what clients sent, and no change to the checks explains them.";
  if (world.codeMissing !== null) return `Inconclusive: the code can't be read (${world.codeMissing}).`.slice(0, 600);
  if (world.running === null)
    return "Inconclusive: no deployment of this service is known, so nothing can be said about what changed.";
  if (top.subject.kind === "unknown" && top.type === "unknown" && world.frames.length === 0)
    return "Inconclusive: the error came without a stack, so there is no code to compare with what was deployed.";
  if (top.subject.kind === "unknown" && top.type === "unknown")
    return "Inconclusive: nothing that was deployed or changed touches the failing code.";
  return `Inconclusive: the best candidate is ${top.title}, at ${top.confidence.toFixed(2)}.`.slice(0, 600);
}

import type { Hypothesis, IncidentDetail } from "@culprit/contract";
import type { Truth } from "../generate/generate-shop.ts";

/** The demo's last line. */
export interface DemoAnswer {
  readonly incident_id: string | null;
  readonly title: string | null;
  readonly culprit_commit: string | null;
  readonly expected_commit: string | null;
  readonly hypothesis: string | null;
  readonly confidence: number | null;
  readonly verdict: string | null;
  readonly patch_applies: boolean;
  readonly proof: "green" | "red" | "not_run";
  /** The one that was opened on the fake forge; `commit` is what git finds at the tip of its branch in the bare repository. */
  readonly pull_request: { readonly url: string; readonly branch: string; readonly commit: string } | null;
  readonly seconds: number;
}

/**
 * Compares what Culprit says with the truth. Right means: the planted commit, or the reported change by name, or no
 * commit where none is to blame, or no incident where nothing broke. One wrongly blamed commit on any incident is wrong,
 * and then that incident is the one shown.
 */
export function judge(
  incidents: readonly IncidentDetail[],
  truth: Truth,
  seconds: number,
  branchTip: (branch: string) => string | null = () => null,
): { readonly answer: DemoAnswer; readonly isRight: boolean; readonly reason: string } {
  const wronglyBlamed = incidents.find(
    ({ culprit_commit: commit }) => commit !== null && commit !== truth.culprit_commit,
  );
  const main = wronglyBlamed ?? [...incidents].sort((a, b) => b.occurrence_count - a.occurrence_count)[0] ?? null;
  const top = main ? topHypothesis(main) : null;
  const answer: DemoAnswer = {
    incident_id: main?.id ?? null,
    title: main?.title ?? null,
    culprit_commit: main?.culprit_commit ?? null,
    expected_commit: truth.culprit_commit,
    hypothesis: top?.title ?? null,
    confidence: top?.confidence ?? null,
    verdict: main?.verdict ?? null,
    patch_applies: main?.autopsy?.patch_applies ?? false,
    proof: main?.autopsy?.proof ?? "not_run",
    pull_request: main === null ? null : openedFor(main, branchTip),
    seconds: Math.round(seconds * 10) / 10,
  };
  const reason = wronglyBlamed
    ? `it blames ${wronglyBlamed.culprit_commit}, which did not do it`
    : complaint(main, top, incidents, truth);
  return { answer, isRight: reason === "", reason };
}

function openedFor(incident: IncidentDetail, branchTip: (branch: string) => string | null): DemoAnswer["pull_request"] {
  const opened = incident.pull_request.items.find(({ state }) => state === "open");
  const commit = opened === undefined ? null : branchTip(opened.branch);
  return opened === undefined || commit === null ? null : { url: opened.url, branch: opened.branch, commit };
}

function topHypothesis(incident: IncidentDetail): Hypothesis | null {
  return [...incident.hypotheses].sort((a, b) => a.rank - b.rank)[0] ?? null;
}

/** What is wrong with an answer that blames nobody wrongly; empty when nothing is. */
function complaint(
  main: IncidentDetail | null,
  top: Hypothesis | null,
  incidents: readonly IncidentDetail[],
  truth: Truth,
): string {
  if (truth.expects === "no-incident")
    return incidents.length === 0 ? "" : `it opened "${main?.title}" where nothing broke`;
  if (main === null) return "it opened no incident";
  if (main.verdict === null) return `it came to no verdict: ${main.execution?.error_message ?? `it is ${main.status}`}`;
  switch (truth.expects) {
    case "culprit":
      return main.culprit_commit === truth.culprit_commit ? "" : `it blames nobody; ${truth.culprit_commit} did it`;
    case "reported-change": {
      const words = [top?.title ?? "", ...(top?.for ?? []).map((argument) => argument.text)].join("\n");
      const isNamed = truth.change_names.some((name) => words.includes(name));
      return isNamed ? "" : `its first hypothesis does not name the change of ${truth.change_names.join(", ")}`;
    }
    case "no-culprit": {
      const isHonest = main.verdict === "inconclusive" || top?.type === "dependency";
      return isHonest ? "" : `its verdict is ${main.verdict} (${top?.type}) where an outside service failed`;
    }
  }
}

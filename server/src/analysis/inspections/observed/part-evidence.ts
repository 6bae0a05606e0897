import type { ComponentScore, ScorePart } from "../../observations/component-score.ts";
import type { EvidenceDraft } from "../finding.ts";
import { logEvidence } from "./log-words.ts";
import { nameOf, type Observed, overviewEvidence, seriesEvidence } from "./observed.ts";

/** What one part of a score was read from: the series, log pattern, operation or call that its `ref` names, whoever's it is. */
export function partEvidence(observed: Observed, { ref, text }: ScorePart): EvidenceDraft {
  const { observations, seriesOf } = observed;
  for (const [component, list] of seriesOf) {
    const series = list.find((one) => one.series.ref === ref);
    if (series !== undefined) return seriesEvidence(series, nameOf(observed, component));
  }
  const log = observations.logs.find((one) => one.ref === ref);
  if (log !== undefined) return logEvidence(log, nameOf(observed, log.component));
  const operation = observations.operations.find((one) => one.ref === ref);
  const link = observations.links?.find((one) => one.ref === ref);
  const inSpans =
    observations.spanPatterns?.find((one) => one.ref === ref) ??
    observations.brokenSequences?.find((one) => one.ref === ref);
  const title =
    operation !== undefined
      ? `${nameOf(observed, operation.component)}: ${operation.operation}`
      : link !== undefined
        ? `Calls of ${nameOf(observed, link.from)} to ${nameOf(observed, link.to)}`
        : inSpans !== undefined
          ? `${nameOf(observed, inSpans.component)}: spans of ${inSpans.operation}`
          : null;
  if (title === null) return overviewEvidence(observed);
  const counts =
    inSpans === undefined
      ? []
      : [
          `before: ${inSpans.baselineCount} of ${inSpans.baselineSpans} spans`,
          `during: ${inSpans.incidentCount} of ${inSpans.incidentSpans} spans`,
        ];
  const figures = operation ?? link;
  const levels =
    figures === undefined
      ? []
      : [`before: ${JSON.stringify(figures.baseline)}`, `during: ${JSON.stringify(figures.incident)}`];
  return {
    kind: "snapshot",
    source: "telemetry",
    ref,
    title: title.slice(0, 200),
    snapshot: [text, ...counts, ...levels].join("\n"),
  };
}

/** What a component's score rests on most, as evidence; the whole picture where it rests on nothing. */
export function scoreEvidence(observed: Observed, score: ComponentScore): EvidenceDraft {
  const [strongest] = score.parts;
  return strongest === undefined ? overviewEvidence(observed) : partEvidence(observed, strongest);
}

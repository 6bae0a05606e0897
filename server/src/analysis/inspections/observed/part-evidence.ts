import type { ComponentScore, ScorePart } from "../../observations/component-score.ts";
import type { SpanPattern } from "../../observations/observations.ts";
import type { EvidenceDraft } from "../finding.ts";
import { logEvidence } from "./log-words.ts";
import { nameOf, type Observed, overviewEvidence, seriesEvidence } from "./observed.ts";

/** What one part of a score says, in words of which figure is of now; of a pattern of spans as one that is rarer or more frequent. */
export function partText(observed: Observed, { ref, text }: ScorePart): string {
  const pattern = spanPatternOf(observed, ref);
  if (pattern === undefined) return text;
  const { operation, kind, event, isAny } = pattern;
  const named = event.length > 120 ? `${event.slice(0, 119)}…` : event;
  const does = kind === "call" ? `call ${named}` : isAny === true ? "write a log line" : `write “${named}”`;
  const before =
    pattern.baselineSpans === 0 ? "not seen before" : `${pattern.baselineCount} of ${pattern.baselineSpans} before`;
  return `${isRarer(pattern) ? "fewer" : "more"} spans of ${operation} ${does}: ${pattern.incidentCount} of ${pattern.incidentSpans} in the trouble, ${before}`;
}

/** Whether a part says that lines of a log became rarer, which happens where they are late or dropped as well. */
export function isOfMissingLines(observed: Observed, { ref }: ScorePart): boolean {
  const pattern = spanPatternOf(observed, ref);
  return pattern?.kind === "log" && isRarer(pattern);
}

function spanPatternOf({ observations }: Observed, ref: string): SpanPattern | undefined {
  return observations.spanPatterns?.find((one) => one.ref === ref);
}

function isRarer({ baselineCount, baselineSpans, incidentCount, incidentSpans }: SpanPattern): boolean {
  return incidentCount * baselineSpans < baselineCount * incidentSpans;
}

/** What one part of a score was read from: the series, log pattern, operation or call that its `ref` names, whoever's it is. */
export function partEvidence(observed: Observed, part: ScorePart): EvidenceDraft {
  const { ref } = part;
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
    snapshot: [partText(observed, part), ...counts, ...levels].join("\n"),
  };
}

/** What a component's score rests on most, as evidence; the whole picture where it rests on nothing. */
export function scoreEvidence(observed: Observed, score: ComponentScore): EvidenceDraft {
  const [strongest] = score.parts;
  return strongest === undefined ? overviewEvidence(observed) : partEvidence(observed, strongest);
}

import type { Measure } from "../../observations/observations.ts";
import { closeLookMax, nameOf, type Observed, seriesEvidence } from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";
import { figure, strengthOf } from "./series-shift.ts";

const resources: readonly Measure[] = ["cpu", "memory", "saturation", "restarts"];
const words: Partial<Record<Measure, string>> = {
  cpu: "processor time",
  memory: "memory",
  saturation: "saturation",
  restarts: "restarts",
};

/** Resources of a component that run short during the trouble (the S of Gregg's USE method), and restarts. */
export function saturation(observed: Observed): ObservedFinding[] {
  return observed.scores.slice(0, closeLookMax).flatMap(({ component }) => {
    const short = (observed.seriesOf.get(component) ?? [])
      .filter(({ series, harm }) => resources.includes(series.measure) && harm > 3)
      .sort((a, b) => b.harm - a.harm);
    const [worst] = short;
    if (worst === undefined) return [];
    const name = nameOf(observed, component);
    const { series, shift, harm } = worst;
    const isRestart = short.some((one) => one.series.measure === "restarts");
    const about = findingAbout("saturation", { kind: "component", key: component });
    return [
      about({
        feature: isRestart ? "restarts" : "saturation",
        value: strengthOf(harm),
        text: `${words[series.measure] ?? series.metric} of ${name} went from ${figure(shift.before)} to ${figure(shift.during)} (${series.metric})`,
        evidence: seriesEvidence(worst, name),
        cause: "infra",
        pattern: isRestart ? "restarts" : `saturation:${series.measure}`,
      }),
    ];
  });
}

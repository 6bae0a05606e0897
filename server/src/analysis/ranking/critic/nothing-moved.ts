import { subjectKey } from "../../inspections/finding.ts";
import { nameOf, type Observed, unusualMin } from "../../inspections/observed/observed.ts";
import { deviationsText } from "../components/describe-score.ts";
import { type CriticRule, unlikelyMax } from "./objection.ts";
import { signsOfTrouble } from "./signs-of-trouble.ts";

/**
 * Where nothing that was measured stands out, somebody is always first: whoever is, with every change made there, is not blamed for noise. Shares are of those alternatives that are there, and
 * say nothing of whether anything is wrong.
 */
export const nothingMoved: CriticRule = ({ observed, ranked }) => {
  if (observed.strengthMax >= unusualMin) return [];
  const total = new Map<string, number>();
  for (const { component, share } of ranked)
    if (component !== null) total.set(component, (total.get(component) ?? 0) + share);
  const isCalm = new Map([...total.keys()].map((key) => [key, signsOfTrouble(observed, key).size === 0]));
  return ranked.flatMap(({ subject, component, share }) => {
    const all = component === null ? 0 : (total.get(component) ?? 0);
    if (component === null || all <= unlikelyMax || isCalm.get(component) !== true) return [];
    return [
      {
        rule: "nothing_moved",
        subject: subjectKey(subject),
        effect: "downgraded" as const,
        confidenceMax: (unlikelyMax * share) / all,
        text: `nothing that was measured at ${nameOf(observed, component)} moved by more than noise${mostMoved(observed, component)}`,
        missing: null,
        proposes: null,
      },
    ];
  });
};

function mostMoved({ seriesOf }: Observed, component: string): string {
  const [most] = [...(seriesOf.get(component) ?? [])].sort((a, b) => b.harm - a.harm);
  return most === undefined || !(most.harm > 0)
    ? ""
    : ` (${most.series.metric} moved most, by ${deviationsText(most.harm)})`;
}

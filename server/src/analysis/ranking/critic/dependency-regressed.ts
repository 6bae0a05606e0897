import { subjectKey } from "../../inspections/finding.ts";
import { stepOf } from "../../inspections/observed/change-proximity.ts";
import { nameOf, strengthOfComponent, unusualMin } from "../../inspections/observed/observed.ts";
import { spanOf } from "../../inspections/span-of.ts";
import { type CriticRule, unlikelyMax } from "./objection.ts";

/**
 * Where something that the accused calls regressed clearly earlier and no less, that dependency is proposed and the accused without a change of its own
 * is downgraded.
 */
export const dependencyRegressed: CriticRule = ({ observed, ranked }) =>
  ranked.flatMap(({ subject, component, change }) => {
    if (component === null || change !== null || subject.kind !== "component") return [];
    const own = observed.scoreOf.get(component);
    const ownOnset = observed.onsetOf.get(component);
    if (own === undefined || ownOnset === undefined) return [];
    const onsetOf = (key: string) => observed.onsetOf.get(key) ?? Number.POSITIVE_INFINITY;
    const [earlier] = (observed.calleesOf.get(component) ?? [])
      .flatMap((key) => observed.scoreOf.get(key) ?? [])
      .filter(
        (callee) =>
          strengthOfComponent(callee) >= Math.max(unusualMin, strengthOfComponent(own)) &&
          ownOnset - onsetOf(callee.component) > 2 * stepOf(observed),
      )
      .sort((a, b) => b.score - a.score);
    if (earlier === undefined) return [];
    return [
      {
        rule: "dependency_regressed",
        subject: subjectKey(subject),
        effect: "downgraded" as const,
        confidenceMax: unlikelyMax,
        text: `${nameOf(observed, earlier.component)}, which ${nameOf(observed, component)} calls, regressed ${spanOf(ownOnset - onsetOf(earlier.component))} earlier`,
        missing: null,
        proposes: earlier.component,
      },
    ];
  });

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
    if (own === undefined || own.onsetAt === null) return [];
    const ownOnset = own.onsetAt;
    const [earlier] = (observed.calleesOf.get(component) ?? [])
      .flatMap((key) => observed.scoreOf.get(key) ?? [])
      .filter(
        (callee) =>
          strengthOfComponent(callee) >= Math.max(unusualMin, strengthOfComponent(own)) &&
          callee.onsetAt !== null &&
          ownOnset - callee.onsetAt > 2 * stepOf(observed),
      )
      .sort((a, b) => b.score - a.score);
    if (earlier === undefined || earlier.onsetAt === null) return [];
    return [
      {
        rule: "dependency_regressed",
        subject: subjectKey(subject),
        effect: "downgraded" as const,
        confidenceMax: unlikelyMax,
        text: `${nameOf(observed, earlier.component)}, which ${nameOf(observed, component)} calls, regressed ${spanOf(ownOnset - earlier.onsetAt)} earlier`,
        missing: null,
        proposes: earlier.component,
      },
    ];
  });

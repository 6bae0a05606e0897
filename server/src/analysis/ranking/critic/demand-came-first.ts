import { subjectKey } from "../../inspections/finding.ts";
import { nameOf } from "../../inspections/observed/observed.ts";
import { type CriticRule, unconfirmedMax } from "./objection.ts";

/** From about one and a half times the usual traffic on, a minute or two before the trouble, demand is a cause that can't be ruled out. */
const surgeMin = 0.5;

/**
 * Where demand from outside rose with the trouble of the accused or shortly before, which can overrun a component that nobody changed, neither it nor a change made to
 * it is confirmed. Only what happens once the demand is gone, or the change, tells the two apart.
 */
export const demandCameFirst: CriticRule = ({ observed, ranked, findings }) => {
  const explained = new Set(
    findings.flatMap(({ feature, subject, value }) =>
      feature === "surge_explains" && subject.kind === "component" && value >= surgeMin ? [subject.key] : [],
    ),
  );
  return [...explained].flatMap((component) => {
    const own = ranked.filter((one) => one.component === component && one.subject.kind !== "traffic");
    const all = own.reduce((sum, { share }) => sum + share, 0);
    // A change that is held by no more than this is told of all the same: somebody would suspect it.
    return own
      .filter(({ change }) => change !== null || all > unconfirmedMax)
      .map(({ subject, share }) => ({
        rule: "demand_came_first",
        subject: subjectKey(subject),
        effect: "downgraded" as const,
        confidenceMax: all > unconfirmedMax ? (unconfirmedMax * share) / all : unconfirmedMax,
        text: `demand from outside may have done this to ${nameOf(observed, component)} by itself`,
        missing: null,
        proposes: null,
      }));
  });
};

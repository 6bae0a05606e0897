import { subjectKey } from "../../inspections/finding.ts";
import { nameOf, type Observed } from "../../inspections/observed/observed.ts";
import { type CriticRule, unconfirmedMax } from "./objection.ts";

const namedMax = 3;

/** Of what the accused calls, something was never measured, by itself or by its callers: the trouble may come from there, and the accused is not confirmed unless a change made to it explains it. */
export const calleesUnmeasured: CriticRule = ({ observed, ranked }) => {
  const measured = measuredOf(observed);
  return [...Map.groupBy(ranked, ({ component }) => component)].flatMap(([component, own]) => {
    const all = own.reduce((sum, { share }) => sum + share, 0);
    if (component === null || all <= unconfirmedMax) return [];
    if (own.some(({ change, share }) => change !== null && share >= 0.5 * all)) return [];
    const unseen = (observed.calleesOf.get(component) ?? []).filter((key) => !measured.has(key));
    if (unseen.length === 0) return [];
    const names = `${unseen
      .slice(0, namedMax)
      .map((key) => nameOf(observed, key))
      .join(", ")}${unseen.length > namedMax ? " and others" : ""}`;
    return own.map(({ subject, share }) => ({
      rule: "callees_unmeasured",
      subject: subjectKey(subject),
      effect: "downgraded" as const,
      confidenceMax: (unconfirmedMax * share) / all,
      text: `nothing was measured of ${names}, which ${nameOf(observed, component)} calls`,
      missing: `Telemetry of ${names}, which ${nameOf(observed, component)} calls: the trouble may come from there.`,
      proposes: null,
    }));
  });
};

/** Components of which anything is known from the trouble: by themselves, or by calls to them. */
function measuredOf({ observations, seriesOf }: Observed): ReadonlySet<string> {
  return new Set([
    ...[...seriesOf.values()]
      .flat()
      .filter(({ shift }) => shift.pointsBefore > 0)
      .map(({ series }) => series.callee ?? series.component),
    ...observations.series.map(({ component }) => component),
    ...observations.operations.map(({ component }) => component),
    ...observations.logs.map(({ component }) => component),
    ...(observations.links ?? []).map(({ to }) => to),
  ]);
}

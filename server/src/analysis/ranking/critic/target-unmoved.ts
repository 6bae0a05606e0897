import { subjectKey } from "../../inspections/finding.ts";
import { nameOf, type Observed } from "../../inspections/observed/observed.ts";
import { type CriticRule, type Objection, unlikelyMax } from "./objection.ts";
import { isHeard, signsOfTrouble } from "./signs-of-trouble.ts";

const steadyBelow = 3;
const valuesMin = 6;

/**
 * Where the place at which trouble was noticed shows none by any of its own series, or by its spans or log lines where it has no series of calls, nothing is called the likely cause of it: whatever is unusual elsewhere did
 * not reach it.
 */
export const targetUnmoved: CriticRule = ({ observed, ranked }) => {
  const { target } = observed.observations;
  if (target === null || observed.scoreOf.get(target.component) === observed.scores[0]) return [];
  const own = (observed.seriesOf.get(target.component) ?? []).filter(
    ({ series, shift }) =>
      series.measure !== "other" && shift.pointsBefore >= valuesMin && shift.pointsDuring >= valuesMin,
  );
  const calls = own.filter(({ series }) => ["latency", "errors", "availability"].includes(series.measure));
  if (own.some(({ harm }) => harm >= steadyBelow)) return [];
  const name = nameOf(observed, target.component);
  const objection = (subject: string | null, what: string): Objection => ({
    rule: "target_unmoved",
    subject,
    effect: "downgraded",
    confidenceMax: unlikelyMax,
    text: `${what} of ${name}, where trouble was noticed, stayed within the usual`,
    missing: null,
    proposes: null,
  });
  if (calls.length > 0) return [objection(null, `all ${own.length} series`)];
  const heard = isHeard(observed, target.component);
  if ((!heard.spans && !heard.logs) || signsOfTrouble(observed, target.component).size > 0) return [];
  if (heard.spans) return [objection(null, "spans")];
  // A caller may write nothing of what fails below it; of what it has nothing to do with it is a coincidence.
  const near = connectedTo(observed, target.component);
  return ranked.flatMap(({ subject, component }) =>
    component === null || observed.observations.edges.length === 0 || near.has(component)
      ? []
      : [objection(subjectKey(subject), "the log lines")],
  );
};

/** What a component has to do with, by any way of calls. */
function connectedTo({ calleesOf, callersOf }: Observed, start: string): ReadonlySet<string> {
  const seen = new Set([start]);
  for (const key of seen)
    for (const next of [...(calleesOf.get(key) ?? []), ...(callersOf.get(key) ?? [])]) seen.add(next);
  return seen;
}

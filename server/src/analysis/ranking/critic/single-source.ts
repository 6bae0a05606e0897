import { subjectKey } from "../../inspections/finding.ts";
import { nameOf } from "../../inspections/observed/observed.ts";
import { type CriticRule, unconfirmedMax } from "./objection.ts";
import { signsOfTrouble } from "./signs-of-trouble.ts";

/** What one series or one kind of log line tells is one sign, in however many ways it is looked at: alone it confirms nobody. A change made there, or trouble where it was noticed, is another. */
export const singleSource: CriticRule = ({ observed, ranked }) => {
  const target = observed.observations.target?.component ?? null;
  const noticed = target === null ? new Set<string>() : signsOfTrouble(observed, target);
  return [...Map.groupBy(ranked, ({ component }) => component)].flatMap(([component, own]) => {
    const all = own.reduce((sum, { share }) => sum + share, 0);
    if (component === null || all <= unconfirmedMax) return [];
    if (own.some(({ change, share }) => change !== null && share >= 0.5 * all)) return [];
    const signs = new Set([...signsOfTrouble(observed, component), ...noticed]);
    if (signs.size >= 2) return [];
    return own.map(({ subject, share }) => ({
      rule: "single_source",
      subject: subjectKey(subject),
      effect: "downgraded" as const,
      confidenceMax: (unconfirmedMax * share) / all,
      text: `all that tells of trouble at ${nameOf(observed, component)} is one source`,
      missing: `A second source about ${nameOf(observed, component)}: another series, its logs, or spans.`,
      proposes: null,
    }));
  });
};

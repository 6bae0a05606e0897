import { subjectKey } from "../../inspections/finding.ts";
import { onsetFor, stepOf } from "../../inspections/observed/change-proximity.ts";
import { spanOf } from "../../inspections/span-of.ts";
import type { CriticRule } from "./objection.ts";

/** A change that was made after the regression had begun is rejected: an effect does not come before its cause. */
export const regressionBeforeDeploy: CriticRule = ({ observed, ranked }) =>
  ranked.flatMap(({ subject, change }) => {
    if (change === null) return [];
    const earlyMs = change.at - onsetFor(observed, change);
    if (earlyMs <= 60_000 + stepOf(observed)) return [];
    return [
      {
        rule: "regression_before_deploy",
        subject: subjectKey(subject),
        effect: "rejected" as const,
        confidenceMax: 0.02,
        text: `the regression began ${spanOf(earlyMs)} before ${change.title}`,
        missing: null,
        proposes: null,
      },
    ];
  });

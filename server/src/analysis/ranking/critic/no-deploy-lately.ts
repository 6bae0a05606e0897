import { subjectKey } from "../../inspections/finding.ts";
import { onsetFor } from "../../inspections/observed/change-proximity.ts";
import { spanOf } from "../../inspections/span-of.ts";
import { type CriticRule, unlikelyMax } from "./objection.ts";

const recentMs = 3_600_000;

/** Without a deployment in the hour before the trouble, telemetry alone blames no release: infrastructure and dependencies are looked at. */
export const noDeployLately: CriticRule = ({ observed, ranked }) =>
  ranked.flatMap(({ subject, change, type }) => {
    if (change === null || type !== "release") return [];
    const lagMs = onsetFor(observed, change) - change.at;
    if (lagMs <= recentMs) return [];
    return [
      {
        rule: "no_deploy_lately",
        subject: subjectKey(subject),
        effect: "downgraded" as const,
        confidenceMax: unlikelyMax,
        text: `${change.title} had run for ${spanOf(lagMs)} when the trouble began`,
        missing: null,
        proposes: null,
      },
    ];
  });

import { subjectKey } from "../../inspections/finding.ts";
import { nameOf } from "../../inspections/observed/observed.ts";
import { lostTelemetry } from "../components/lost-telemetry.ts";
import { type CriticRule, unconfirmedMax } from "./objection.ts";

/** A component of which only others tell, because its own telemetry stopped, is not confirmed to be the cause: what it calls, and it itself, went unseen. */
export const telemetryLost: CriticRule = ({ observed, ranked }) => {
  const lost = lostTelemetry(observed.observations);
  return ranked.flatMap(({ subject, component, share }) => {
    if (component === null || !lost.has(component) || share <= 0) return [];
    const all = ranked.reduce((sum, one) => sum + (one.component === component ? one.share : 0), 0);
    if (all <= unconfirmedMax) return [];
    return [
      {
        rule: "telemetry_lost",
        subject: subjectKey(subject),
        effect: "downgraded" as const,
        confidenceMax: (unconfirmedMax * share) / all,
        text: `the telemetry of ${nameOf(observed, component)} stopped while others went on to call it`,
        missing: null,
        proposes: null,
      },
    ];
  });
};

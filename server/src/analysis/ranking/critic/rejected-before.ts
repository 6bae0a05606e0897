import { subjectKey } from "../../inspections/finding.ts";
import { evidenceDigest } from "../../learning/evidence-digest.ts";
import { rejectedMax } from "../../learning/learned.ts";
import type { CriticRule } from "./objection.ts";

/** A conclusion that a person ruled out for this incident does not come back high on the same evidence; new evidence reopens it. */
export const rejectedBefore: CriticRule = ({ observed, ranked }) =>
  ranked.flatMap(({ subject, findings }) => {
    const key = subjectKey(subject);
    const digest = evidenceDigest(findings);
    const no = observed.world.learned.rejected.find((one) => one.subject === key && one.evidenceDigest === digest);
    if (no === undefined) return [];
    return [
      {
        rule: "rejected_before",
        subject: key,
        effect: "downgraded" as const,
        confidenceMax: rejectedMax,
        text: `a person ruled it out at ${no.rejectedAt}, and nothing new speaks for it`,
        missing: null,
        proposes: null,
      },
    ];
  });

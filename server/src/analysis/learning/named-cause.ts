import { falsificationTest } from "../ranking/falsify.ts";
import type { RankedHypothesis } from "../ranking/rank-hypotheses.ts";
import { evidenceDigest } from "./evidence-digest.ts";
import type { Learned } from "./learned.ts";
import { wordEvidence } from "./peoples-word.ts";

const titleMax = 200;

/** The cause that a person named and that nothing that was read tells of, as a hypothesis in their words; null where nobody did, or without saying which. */
export function namedCause({ otherCause }: Learned): RankedHypothesis | null {
  const words = otherCause?.why?.replace(/\s+/g, " ").trim() ?? "";
  if (otherCause === null || words === "") return null;
  const subject = { kind: "named", words } as const;
  const title = words.length > titleMax ? `${words.slice(0, titleMax - 1)}…` : words;
  const sureness = otherCause.sureness ?? 1;
  const finding = {
    inspection: "judged",
    subject,
    weight: 1,
    text: `${otherCause.by} named it at ${otherCause.saidAt.slice(0, 16).replace("T", " ")} UTC`,
    evidence: wordEvidence(otherCause, {
      title: "A person named the cause",
      said: `the cause is: ${words}`,
      why: null,
    }),
  };
  return {
    subject,
    type: "unknown",
    title,
    confidence: sureness,
    for: [finding],
    against: [],
    advice: "Mend it, and see the failure stop.",
    falsification: falsificationTest({ subject, type: "unknown", title, place: null, isOwned: null }),
    component: null,
    pattern: null,
    digest: evidenceDigest([]),
    word: { standing: "confirmed", sureness, finding },
  };
}

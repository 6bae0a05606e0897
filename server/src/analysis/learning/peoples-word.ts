import type { HypothesisType } from "@culprit/contract";
import { type EvidenceDraft, type Finding, type Subject, subjectKey } from "../inspections/finding.ts";
import { newSince } from "./evidence-digest.ts";
import type { JudgedConclusion, Learned, PersonsWord } from "./learned.ts";

/** Where a conclusion stands by what people said of it: `reopened` was ruled out, and something new speaks for it since. */
export type Standing = "confirmed" | "ruled_out" | "reopened";

/** What people said of one conclusion. */
export interface PeoplesWord {
  readonly standing: Standing;
  /** 0..1: how sure of it they are, where they confirmed it. */
  readonly sureness: number;
  /** As an argument for or against, with the entry of the log as its evidence. */
  readonly finding: Finding;
}

/**
 * The last word of people on a conclusion of this incident, or null where nobody said anything. What a person ruled out stays so until something speaks
 * for it that did not then; one who named another cause ruled out all that was and will be answered. That nothing known is the cause can't be ruled out.
 */
export function peoplesWord(
  learned: Learned,
  conclusion: { readonly subject: Subject; readonly type: HypothesisType; readonly findings: readonly Finding[] },
): PeoplesWord | null {
  const { subject, type, findings } = conclusion;
  const key = subjectKey(subject);
  const isNameless = subject.kind === "unknown";
  if (isNameless && type === "unknown") return null;
  const judged =
    learned.judged.find((one) => one.subject === key && (!isNameless || one.type === type)) ??
    (learned.otherCause === null ? null : besides(learned.otherCause, key, type));
  if (judged === null) return null;
  const { isConfirmed, evidenceDigest, sureness } = judged;
  const fresh = isConfirmed ? [] : newSince(evidenceDigest, findings);
  const standing = isConfirmed ? "confirmed" : fresh.length > 0 ? "reopened" : "ruled_out";
  return {
    standing,
    sureness: isConfirmed ? (sureness ?? 1) : 0,
    finding: {
      inspection: "judged",
      subject,
      weight: isConfirmed ? 1 : -1,
      text: textOf(judged, fresh),
      evidence: wordEvidence(judged, {
        title: isConfirmed ? "A person confirmed it" : "A person ruled it out",
        said: isConfirmed
          ? `it is the cause${sureness === null ? "" : ` (${sureness.toFixed(2)} sure)`}`
          : "it is not the cause",
        why: judged.why ?? "no reason given",
      }),
    },
  };
}

/** The entry of the log in which somebody said something: who, when, what and why. */
export function wordEvidence(
  word: PersonsWord,
  { title, said, why }: { readonly title: string; readonly said: string; readonly why: string | null },
): EvidenceDraft {
  return {
    kind: "note",
    source: "manual",
    ref: `feedback:${word.feedbackId ?? word.saidAt}`,
    title,
    snapshot: [
      `who: ${word.by}`,
      `when: ${word.saidAt}`,
      `said: ${said}`,
      ...(why === null ? [] : [`why: ${why}`]),
    ].join("\n"),
  };
}

/** What the naming of another cause says of a conclusion. Nothing is new to it: who knows the cause need not weigh anew. */
function besides(word: PersonsWord, subject: string, type: HypothesisType): JudgedConclusion {
  const why = word.why === null ? "the cause is another" : `the cause is another: ${word.why}`;
  return { ...word, why, subject, type, isConfirmed: false, evidenceDigest: null, sureness: null };
}

function textOf({ isConfirmed, by, saidAt, why }: JudgedConclusion, fresh: readonly Finding[]): string {
  const at = `${saidAt.slice(0, 16).replace("T", " ")} UTC`;
  const reason = why === null ? "" : ` (${why.replace(/\s+/g, " ").slice(0, 200)})`;
  const said = `${by} ${isConfirmed ? "confirmed it" : "ruled it out"} at ${at}${reason}`;
  if (isConfirmed) return said;
  const [first] = fresh;
  return first === undefined ? `${said}, and nothing new speaks for it` : `${said}; new since then: ${first.text}`;
}

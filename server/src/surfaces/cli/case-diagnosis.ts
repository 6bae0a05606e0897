import type { CaseDiagnosis } from "@culprit/contract";
import type { Diagnosis } from "../../analysis/diagnose.ts";
import type { Finding } from "../../analysis/inspections/finding.ts";
import { tableText } from "./format.ts";

/** One thing that was read, and what it speaks for or against. */
export interface CaseEvidence {
  readonly id: string;
  readonly title: string;
  /** Where it can be read again. */
  readonly ref: string;
  readonly kind: string;
  /** What was concluded from it, in a sentence. */
  readonly text: string;
  /** The hypothesis that it is an argument of, by its title. */
  readonly hypothesis: string;
  /** The rule of the critic that says it (docs/diagnosis.md), where one does. */
  readonly rule?: string;
  /** Component, change or reason that it speaks for; one of the two. */
  readonly for?: string;
  readonly against?: string;
  readonly weight: number;
  /** What was read, as it was then. */
  readonly snapshot: string;
}

/** The answer about a case: `evidence` of a cause and of the answer name ids of the list. */
export interface CaseAnswer extends Omit<CaseDiagnosis, "evidence" | "causes"> {
  readonly causes: readonly (CaseDiagnosis["causes"][number] & { readonly evidence: readonly string[] })[];
  readonly summary: string;
  readonly missing: readonly string[];
  readonly evidence: readonly CaseEvidence[];
}

/** A diagnosis as `culprit diagnose --json` prints it. */
export function caseAnswerOf(folder: string, diagnosis: Diagnosis, seconds: number): CaseAnswer {
  const evidence: CaseEvidence[] = [];
  const cited = new Map<string, string[]>();
  for (const { subject, component, ...hypothesis } of diagnosis.hypotheses) {
    const about = component ?? ("id" in subject ? subject.id : "sha" in subject ? subject.sha : subject.kind);
    const add = (side: "for" | "against", findings: readonly Finding[]) => {
      for (const { evidence: read, text, weight, inspection } of findings) {
        const id = `e${evidence.length + 1}`;
        evidence.push({
          id,
          title: read.title,
          ref: read.ref,
          kind: read.kind,
          text,
          hypothesis: hypothesis.title,
          ...(inspection.startsWith("critic:") ? { rule: inspection.slice("critic:".length) } : {}),
          [side]: about,
          weight,
          snapshot: read.snapshot,
        });
        cited.set(about, [...(cited.get(about) ?? []), id]);
      }
    };
    add("for", hypothesis.for);
    add("against", hypothesis.against);
  }
  return {
    case: folder,
    causes: diagnosis.causes.map(({ component, metric, type, score, confidence, changeId }) => ({
      service: component,
      metric,
      type,
      score,
      confidence,
      change_id: changeId,
      evidence: cited.get(component) ?? [],
    })),
    verdict: diagnosis.verdict,
    confidence: diagnosis.confidence,
    seconds: Number(seconds.toFixed(4)),
    summary: diagnosis.summary,
    missing: diagnosis.missing,
    evidence,
  };
}

const causesShown = 5;
const evidenceShown = 4;
const againstShown = 4;
/** Of each of the other hypotheses. */
const againstOtherShown = 2;

/** The same for people. */
export function caseAnswerText(answer: CaseAnswer): string[] {
  const shown = answer.causes.slice(0, causesShown);
  const rows = shown.map(({ service, metric, type, score, confidence, change_id: change }, at) => [
    String(1 + shown.findIndex((one) => one.score === answer.causes[at]?.score)),
    service ?? "-",
    metric ?? "-",
    type,
    score.toFixed(3),
    confidence.toFixed(2),
    change ?? "",
  ]);
  const [first] = answer.causes;
  const reasons = answer.evidence.filter(({ id }) => first?.evidence.includes(id));
  const supporting = reasons.filter((one) => one.against === undefined).slice(0, evidenceShown);
  const opposing = reasons.filter((one) => one.against !== undefined);
  const others = answer.evidence.filter((one) => one.against !== undefined && !reasons.includes(one));
  return [
    `${answer.case}: ${answer.verdict}, confidence ${answer.confidence.toFixed(2)}, ${answer.seconds.toFixed(2)} s`,
    answer.summary,
    "",
    ...tableText([" #", "component", "metric", "type", " score", " confidence", "change"], rows),
    ...(answer.causes.length > causesShown
      ? [`and ${answer.causes.length - causesShown} more; --json lists them all.`]
      : []),
    ...(supporting.length === 0 ? [] : ["", `Why ${first?.service ?? "this"}:`]),
    ...supporting.map(({ text, ref }) => `  + ${text} [${ref}]`),
    ...(opposing.length === 0 ? [] : ["", "Against it:"]),
    ...opposingLines(opposing, supporting[0]?.hypothesis ?? opposing[0]?.hypothesis ?? null).slice(0, againstShown),
    ...(others.length === 0 ? [] : ["", "Against others:"]),
    ...[...Map.groupBy(others, ({ hypothesis }) => hypothesis).values()]
      .flatMap((own) => opposingLines(own, null).slice(0, againstOtherShown))
      .slice(0, againstShown),
    ...(answer.missing.length === 0 ? [] : ["", "Missing:", ...answer.missing.map((text) => `  ${text}`)]),
  ];
}

/** What speaks against a cause, a line for each sentence; of a hypothesis that is not the `first` it is told which. */
function opposingLines(opposing: readonly CaseEvidence[], first: string | null): string[] {
  const lines = opposing.map(({ text, ref, hypothesis }) => {
    const about = hypothesis === first ? "" : ` (about ${JSON.stringify(hypothesis.slice(0, 80))})`;
    return `  - ${text}${about} [${ref}]`;
  });
  return [...new Set(lines)];
}

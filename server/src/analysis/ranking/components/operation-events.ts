import { strengthOfSurprise, surpriseOfShares } from "../../detection/surprise.ts";
import type { ScorePart } from "../../observations/component-score.ts";
import type { SpanPattern } from "../../observations/observations.ts";
import { tellsOfTrouble } from "../../traces/tells-of-trouble.ts";
import type { Modality } from "./modality.ts";
import { whoIsToldOf } from "./told-trouble.ts";

/** What chance brings among some hundred events; a line that tells of trouble by itself needs less. */
const chance = { gone: 3, trouble: 1 } as const;
const CALLS = 0.4;

/**
 * Operations in whose spans other things happen than before: a line or a call that belonged to them is missing, or a line that tells of trouble
 * has come. After Nezha (Yu et al., FSE 2023), which compares event patterns of traces before and in a fault; here the share of an operation's spans that
 * have the event is compared, so that more or fewer requests change nothing. What takes the place of something else that was known before (another branch) is
 * taken off. Trouble that ends, and work that is done beside the usual, speak for nobody.
 */
export const operationEvents: Modality = (observations) => {
  const parts = new Map<string, ScorePart>();
  for (const patterns of byOperation(observations.spanPatterns ?? []).values()) {
    for (const pattern of patterns) {
      const found = troubleOf(pattern, patterns);
      if (found === null) continue;
      const told = found.isGone
        ? shareOfGone(pattern)
        : whoIsToldOf(pattern.example ?? pattern.event, pattern.component, observations).own;
      const strength = told * strengthOfSurprise(found.surprise, 0);
      if (strength <= (parts.get(pattern.component)?.strength ?? 0)) continue;
      parts.set(pattern.component, {
        method: "operation_events",
        strength,
        text: describe(pattern, found.isGone),
        ref: pattern.ref,
      });
    }
  }
  return parts;
};

/** How much a missing event says: one that was not always there may be a matter of the mix, and a call that is not made may be another one's fault. */
function shareOfGone({ kind, baselineCount, baselineSpans }: SpanPattern): number {
  return (baselineCount / baselineSpans) ** 2 * (kind === "call" ? CALLS : 1);
}

function byOperation(patterns: readonly SpanPattern[]): Map<string, SpanPattern[]> {
  const all = new Map<string, SpanPattern[]>();
  for (const pattern of patterns) {
    const key = `${pattern.component}\n${pattern.operation}`;
    const known = all.get(key);
    if (known === undefined) all.set(key, [pattern]);
    else known.push(pattern);
  }
  return all;
}

function troubleOf(pattern: SpanPattern, others: readonly SpanPattern[]): { surprise: number; isGone: boolean } | null {
  const { baselineSpans, baselineCount, incidentSpans, incidentCount } = pattern;
  if (incidentSpans === 0) return null;
  const now = incidentCount / incidentSpans;
  if (tellsOfTrouble(pattern.event, pattern.severity)) {
    // An operation that was not seen before may have had it: one span more without the event is assumed.
    const before = { count: baselineCount, of: baselineSpans + 1 };
    if (now <= before.count / before.of) return null;
    const surprise = surpriseOfShares(before, { count: incidentCount, of: incidentSpans }) - chance.trouble;
    return surprise > 0 ? { surprise, isGone: false } : null;
  }
  if (baselineSpans === 0) return null;
  const gone = baselineCount / baselineSpans - now;
  const replaced = gone <= 0 ? 0 : replacedBy(pattern, others);
  if (gone - replaced <= 0) return null;
  const count = Math.min(incidentSpans, incidentCount + replaced * incidentSpans);
  const surprise =
    surpriseOfShares({ count: baselineCount, of: baselineSpans }, { count, of: incidentSpans }) - chance.gone;
  return surprise > 0 ? { surprise, isGone: true } : null;
}

/** The share of spans that have instead what was known before, or the same text with another word in it. */
function replacedBy(pattern: SpanPattern, others: readonly SpanPattern[]): number {
  let known = 0;
  let alike = 0;
  for (const other of others) {
    if (other === pattern || other.isAny === true || tellsOfTrouble(other.event, other.severity)) continue;
    const before = other.baselineSpans === 0 ? 0 : other.baselineCount / other.baselineSpans;
    const rise = other.incidentCount / Math.max(1, other.incidentSpans) - before;
    if (rise <= 0) continue;
    if (other.baselineCount > 0) known = Math.max(known, rise);
    if (isAlike(pattern, other)) alike += rise;
  }
  return Math.max(known, alike);
}

function isAlike(a: SpanPattern, b: SpanPattern): boolean {
  if (a.kind !== b.kind || a.isAny === true) return false;
  const split = (text: string) => text.split(/[\s:=,()[\]{}]+/);
  const [left, right] = [split(a.event), split(b.event)];
  if (left.length !== right.length) return false;
  const differing = left.filter((word, at) => word !== right[at]).length;
  return differing <= Math.max(1, left.length / 4);
}

function describe(pattern: SpanPattern, isGone: boolean): string {
  const share = (count: number, of: number) => (of === 0 ? "none seen" : `${count} of ${of}`);
  const what =
    pattern.kind === "call"
      ? `the call of ${cut(pattern.event)}`
      : pattern.isAny === true
        ? "any log line"
        : `“${cut(pattern.event)}”`;
  return `${isGone ? "Missing" : "New"} in ${pattern.operation}: ${what}, in ${share(pattern.baselineCount, pattern.baselineSpans)} of its spans before, ${share(pattern.incidentCount, pattern.incidentSpans)} now`;
}

function cut(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

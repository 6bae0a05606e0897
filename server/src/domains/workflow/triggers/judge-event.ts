import type { EventTrigger } from "@culprit/contract";
import { compileCondition } from "../expressions/compile-condition.ts";
import { ExpressionError } from "../expressions/expression-error.ts";
import type { Scope } from "../expressions/scope.ts";
import type { EventFacts } from "./event-facts.ts";
import { matchTrigger } from "./match-trigger.ts";

/** A trigger with what may keep it from running besides its matchers. */
export interface CandidateTrigger {
  readonly triggerId: string | null;
  readonly isEnabled: boolean;
  /** Null where the stored conditions can't be read, with the reason. */
  readonly trigger: EventTrigger | null;
  readonly unreadable?: string;
}

export interface Candidate {
  readonly status: "active" | "inactive" | "archived" | "draft";
  readonly triggers: readonly CandidateTrigger[];
}

/** What became of one workflow at one event, as the ledger tells it. */
export type Verdict =
  | { readonly outcome: "not_concerned" }
  | {
      readonly outcome: "ran" | "did_not_run";
      /** Its place among the triggers. */
      readonly index: number;
      readonly reason: string;
      readonly details: Readonly<Record<string, unknown>>;
    };

const inactive = { inactive: "switched off", archived: "archived", draft: "a draft" } as const;

/**
 * Asks the triggers of one workflow about one event. The first that matches runs it, once whatever the others say. Without
 * one, each near miss is told; a workflow that is not active is told of only where it would have run. Pure.
 */
export function judgeEvent(
  candidate: Candidate,
  event: { readonly type: string; readonly facts: EventFacts },
  scope: () => Scope,
): readonly Verdict[] {
  const misses: Verdict[] = [];
  for (const [index, one] of candidate.triggers.entries()) {
    const verdict = judgeTrigger(one, index, event, scope);
    if (verdict.outcome === "not_concerned") continue;
    if (verdict.outcome === "did_not_run") {
      misses.push(verdict);
      continue;
    }
    if (!one.isEnabled) misses.push(kept(verdict, "this trigger is switched off"));
    else if (candidate.status !== "active") return [kept(verdict, `the workflow is ${inactive[candidate.status]}`)];
    else return [verdict];
  }
  if (candidate.status !== "active") return [{ outcome: "not_concerned" }];
  return misses.length === 0 ? [{ outcome: "not_concerned" }] : misses;
}

type Told = Exclude<Verdict, { readonly outcome: "not_concerned" }>;

function kept(verdict: Told, why: string): Told {
  return { ...verdict, outcome: "did_not_run", reason: `It would have run, but ${why}.` };
}

function judgeTrigger(
  { trigger, unreadable }: CandidateTrigger,
  index: number,
  { type, facts }: { readonly type: string; readonly facts: EventFacts },
  scope: () => Scope,
): Verdict {
  if (trigger === null) {
    const reason = `The conditions of the trigger can't be read: ${unreadable ?? "they have another shape"}. Save the workflow again.`;
    return { outcome: "did_not_run", index, reason, details: {} };
  }
  const match = matchTrigger(trigger, type, facts);
  if (match.kind === "not_concerned") return { outcome: "not_concerned" };
  if (match.kind === "failed") {
    const { matcher, expected, seen } = match;
    return {
      outcome: "did_not_run",
      index,
      reason: `${sentence(match.reason)}.`,
      details: { matcher, expected, seen },
    };
  }
  if (trigger.if === undefined) return { outcome: "ran", index, reason: `${match.reason}.`, details: {} };
  try {
    const condition = compileCondition(trigger.if);
    const { value, seen } = condition.evaluate(scope());
    const details = { condition: condition.text, values: seen };
    return value
      ? { outcome: "ran", index, reason: `${match.reason}, and its condition holds.`, details }
      : { outcome: "did_not_run", index, reason: `Its condition is false: ${condition.text}`, details };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const details = { condition: trigger.if, error: error.message };
    return { outcome: "did_not_run", index, reason: `Its condition failed: ${error.reason}.`, details };
  }
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

import type { BugResult } from "../../../evals/src/repair/play/play-bug.ts";

/** Where the time from the first event to the stored answer went, in seconds, in the order in which it passes. */
export const stageNames = ["open", "investigate", "autopsy", "write a test", "baseline", "prove", "rest"] as const;
export type Stages = Readonly<Record<(typeof stageNames)[number], number>>;

/**
 * Splits one repair by the times that Culprit itself tells: its response's steps, and the steps of the proof. What runs side by side
 * (the regression test and the project's tests) counts as the longer of both. Null where no answer came.
 */
export function stagesOf({ incident, autopsy, seconds }: BugResult): Stages | null {
  if (incident?.execution == null || autopsy === null || seconds === null) return null;
  const steps = incident.execution.steps;
  const tookS = (action: string): number =>
    steps.filter((step) => step.action_type === action).reduce((sum, step) => sum + (step.duration_ms ?? 0), 0) / 1000;
  const first = Math.min(...steps.map((step) => Date.parse(step.started_at)));
  const open = Math.max(0, first - Date.parse(incident.created_at)) / 1000;
  const of = (names: RegExp): number[] =>
    autopsy.proof_steps.filter(({ name }) => names.test(name)).map(({ duration_ms }) => duration_ms / 1000);
  // Notes of one search count from its beginning, so the longest is the whole of it.
  const write = longest(of(/^replay the failing request/)) + longest(of(/^search for a failing input/));
  const baseline = longest(of(/before the patch$/));
  const prove = longest(of(/(?:passes|tests) with the patch$/)) + sum(of(/no worse with the patch$/));
  const told = { open, investigate: tookS("investigate_incident"), autopsy: tookS("write_autopsy") };
  const known = { ...told, "write a test": write, baseline, prove };
  return { ...known, rest: Math.max(0, seconds - sum(Object.values(known))) };
}

function longest(values: readonly number[]): number {
  return Math.max(0, ...values);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

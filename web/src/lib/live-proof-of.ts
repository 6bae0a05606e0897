import type { ProofProgress } from "@culprit/contract";

export type LiveStep = ProofProgress["proof_step"] & { readonly at: string };

/** How the newest patch of a running repair stands, from what was told of its steps so far, oldest first; `at` is when it was told. */
export function liveProofOf(told: readonly (ProofProgress & { readonly at: string })[]): {
  readonly attempt: number;
  readonly steps: readonly LiveStep[];
} {
  const attempt = told.at(-1)?.attempt ?? 1;
  const steps = new Map<string, LiveStep>();
  for (const { at, attempt: of, proof_step: step } of told)
    if (of === attempt) steps.set(`${step.name} ${step.command}`, { ...step, at });
  return { attempt, steps: [...steps.values()] };
}

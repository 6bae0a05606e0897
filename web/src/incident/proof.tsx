import type { Autopsy } from "@culprit/contract";
import { formatDuration } from "../lib/format-duration.ts";
import { proofMeanings } from "../lib/words.ts";
import { ProofChip } from "../ui/chips.tsx";
import { Fold } from "../ui/fold.tsx";
import { Section } from "../ui/section.tsx";
import { ProofSteps } from "./proof-steps.tsx";

type Step = Autopsy["proof_steps"][number];

/** What was run to prove the patch, with what came out. */
export function Proof({ autopsy }: { readonly autopsy: Autopsy }) {
  const steps = autopsy.proof_steps;
  return (
    <Section id="proof" title="Proof" aside={<ProofChip proof={autopsy.proof} />}>
      <p className="mb-3 max-w-[80ch] text-ink-2 [overflow-wrap:anywhere]">
        {autopsy.proof_reason || proofMeanings[autopsy.proof]}
      </p>
      {steps.length > 0 && (
        <Fold isOpen={steps.some(({ outcome }) => outcome === "failed")} summary={countOutcomes(steps)}>
          <ProofSteps steps={steps} />
        </Fold>
      )}
      <p className="mt-2 text-xs text-ink-3">
        Isolation: {autopsy.isolation}. Took {formatDuration(autopsy.duration_ms)}.
      </p>
    </Section>
  );
}

/** The steps in one line: `5 steps: 4 passed, 1 skipped`. */
function countOutcomes(steps: readonly Step[]): string {
  const counts = (["passed", "failed", "skipped"] as const)
    .map((outcome) => ({ outcome, count: steps.filter((step) => step.outcome === outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => `${count} ${outcome}`);
  return `${steps.length} ${steps.length === 1 ? "step" : "steps"}: ${counts.join(", ")}`;
}

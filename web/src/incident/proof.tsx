import type { Autopsy } from "@culprit/contract";
import { formatDuration } from "../lib/format-duration.ts";
import { proofMeanings } from "../lib/words.ts";
import { ProofChip } from "../ui/chips.tsx";
import { Fold } from "../ui/fold.tsx";
import { CheckIcon, Chevron, CrossIcon, DashIcon } from "../ui/icons.tsx";
import { LogText } from "../ui/log-text.tsx";
import { Section } from "../ui/section.tsx";

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
          <ol className="overflow-hidden rounded-lg border border-line bg-panel">
            {steps.map((step, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: steps keep their order, and a name may recur
              <li key={index} className="border-t border-line first:border-0">
                <ProofStep step={step} />
              </li>
            ))}
          </ol>
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

const outcomes = {
  passed: { Icon: CheckIcon, look: "text-good" },
  failed: { Icon: CrossIcon, look: "text-bad" },
  skipped: { Icon: DashIcon, look: "text-ink-3" },
} as const;

function ProofStep({ step }: { readonly step: Step }) {
  const { Icon, look } = outcomes[step.outcome];
  return (
    <details>
      <summary className="grid grid-cols-[0.875rem_0.875rem_minmax(0,1fr)_auto] items-center gap-x-2.5 px-3 py-2 -outline-offset-2 hover:bg-sunk">
        <Chevron className="text-ink-3" />
        <span title={step.outcome}>
          <Icon className={look} />
          <span className="sr-only">{step.outcome}</span>
        </span>
        <span className="min-w-0">
          <span className="font-medium">{step.name}</span>{" "}
          <span className="block truncate font-mono text-xs text-ink-3 sm:ml-1 sm:inline">{step.command}</span>
        </span>
        <span className="flex flex-col text-right text-xs text-ink-2 sm:flex-row sm:gap-4">
          {step.exit_code !== null && <span>exit {step.exit_code}</span>}
          <span className="sm:w-14">{formatDuration(step.duration_ms)}</span>
        </span>
      </summary>
      <div className="grid gap-2 px-3 pb-3">
        <p className="font-mono text-xs text-ink-2 [overflow-wrap:anywhere]">$ {step.command}</p>
        <LogText text={step.log} label={`Log of ${step.name}`} />
      </div>
    </details>
  );
}

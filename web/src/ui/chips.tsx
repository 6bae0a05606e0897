import type { IncidentStatus, ProofOutcome, Verdict } from "@culprit/contract";
import { proofMeanings, proofWords, statusWords, verdictWords } from "../lib/words.ts";
import { cx } from "./cx.ts";
import { CheckIcon, CrossIcon, DashIcon, ReturnIcon } from "./icons.tsx";

const chip =
  "inline-flex items-center gap-1 rounded-full border px-2 text-2xs font-semibold whitespace-nowrap h-5 align-top";

const verdictLooks: Record<Verdict, string> = {
  confirmed: "border-ink bg-ink text-paper",
  likely: "border-ink text-ink",
  inconclusive: "border-dashed border-edge text-ink-2",
};

/** How sure the diagnosis is. */
export function VerdictChip({ verdict }: { readonly verdict: Verdict }) {
  return <span className={cx(chip, verdictLooks[verdict])}>{verdictWords[verdict]}</span>;
}

interface StandingChipProps {
  readonly verdict: Verdict;
  /** Whether somebody who knows agreed. */
  readonly isAgreed: boolean;
  readonly actor: string;
}

/** What a person said of the verdict, which weighs more than the verdict; what Culprit said stands quietly beside it. */
export function StandingChip({ verdict, isAgreed, actor }: StandingChipProps) {
  const Icon = isAgreed ? CheckIcon : CrossIcon;
  return (
    <span className="flex min-w-0 max-w-full flex-wrap items-center gap-x-2.5 gap-y-1">
      <span className={cx(chip, "min-w-0 max-w-full", isAgreed ? "border-good text-good" : "border-bad text-bad")}>
        <Icon className="size-3" />
        <span className="truncate" title={actor}>
          {isAgreed ? "Confirmed" : "Disputed"} by {actor}
        </span>
      </span>
      <span>Culprit said: {verdictWords[verdict].toLowerCase()}</span>
    </span>
  );
}

const quietStatuses: readonly IncidentStatus[] = ["resolved", "suppressed"];

interface StatusWordProps {
  readonly status: IncidentStatus;
  /** Nobody takes it further, whatever its status announces. */
  readonly isLeftAlone?: boolean;
  /** It is a part of another incident, where it goes on. */
  readonly isPart?: boolean;
}

/** Where the incident stands, with a dot that breathes while Culprit works on it. */
export function StatusWord({ status, isLeftAlone = false, isPart = false }: StatusWordProps) {
  const isWorking = !isLeftAlone && (status === "investigating" || status === "triaged");
  const isBroken = status === "failed" || status === "agent_failed";
  const dot = isBroken ? "bg-bad" : quietStatuses.includes(status) ? "border border-edge" : "bg-ink";
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <span className={cx("size-1.5 rounded-full", dot, isWorking && "animate-breathe")} aria-hidden="true" />
      {isPart ? "Merged" : isLeftAlone ? "Not looked at" : statusWords[status]}
    </span>
  );
}

/** Says that the failure was resolved once and came back. */
export function RegressionMark() {
  return (
    <span
      className="inline-flex items-center gap-1 text-2xs font-semibold whitespace-nowrap text-bad"
      title="It was resolved and came back with a later revision."
    >
      <ReturnIcon />
      Regression
    </span>
  );
}

const proofLooks: Record<ProofOutcome, string> = {
  green: "border-good text-good",
  red: "border-bad text-bad",
  not_run: "border-dashed border-edge text-ink-2",
};

/** Whether the patch was proven by running it. */
export function ProofChip({ proof }: { readonly proof: ProofOutcome }) {
  const Icon = proof === "green" ? CheckIcon : proof === "red" ? CrossIcon : DashIcon;
  return (
    <span className={cx(chip, proofLooks[proof])} title={proofMeanings[proof]}>
      <Icon className="size-3" />
      {proofWords[proof]}
    </span>
  );
}

/** A neutral label. */
export function Tag({ children, title }: { readonly children: string; readonly title?: string | undefined }) {
  return (
    <span className={cx(chip, "border-line bg-sunk text-ink-2")} title={title}>
      {children}
    </span>
  );
}

import type { Severity } from "@culprit/contract";

const words: Readonly<Record<string, Severity>> = {
  critical: "critical",
  crit: "critical",
  emergency: "critical",
  fatal: "critical",
  page: "critical",
  p1: "critical",
  sev1: "critical",
  disaster: "critical",
  high: "high",
  error: "high",
  major: "high",
  p2: "high",
  sev2: "high",
  alert: "high",
  medium: "medium",
  moderate: "medium",
  warning: "medium",
  warn: "medium",
  minor: "medium",
  p3: "medium",
  sev3: "medium",
  low: "low",
  info: "low",
  information: "low",
  informational: "low",
  notice: "low",
  debug: "low",
  none: "low",
  p4: "low",
  p5: "low",
  sev4: "low",
};

/** The severity that a sender's word stands for; `otherwise` where it says nothing or a word that nobody uses. */
export function severityOf(word: string | null | undefined, otherwise: Severity = "high"): Severity {
  return words[(word ?? "").toLowerCase()] ?? otherwise;
}

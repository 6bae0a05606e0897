import type { HypothesisType } from "@culprit/contract";

/** What a finding speaks for or against. */
export type Subject =
  | { readonly kind: "commit"; readonly sha: string }
  | { readonly kind: "config_change"; readonly id: string }
  /** A component of the observations, without a change that would explain it. */
  | { readonly kind: "component"; readonly key: string }
  /** A deployment, flag, migration or other change of the observations. */
  | { readonly kind: "change"; readonly id: string }
  /** Going back to an earlier revision, which took out what came after it. */
  | { readonly kind: "rollback"; readonly deploymentId: string | null }
  | { readonly kind: "outside"; readonly target: string | null }
  | { readonly kind: "traffic" }
  /** What a person named that nothing here tells of, in their words. */
  | { readonly kind: "named"; readonly words: string }
  | { readonly kind: "unknown" };

/** Something that was read. `ref` resolves: `git:<sha>`, `blame:<sha>:<path>:<line>`, `sql:<table>?<where>`, `feedback:<entry of the log>`, or what the telemetry store gave. */
export interface EvidenceDraft {
  readonly kind:
    | "git_diff"
    | "snapshot"
    | "sql_query"
    | "note"
    | "metric_series"
    | "log_pattern"
    | "trace_operation"
    | "change_event"
    | "retrieval";
  readonly source: "git" | "postgres" | "manual" | "telemetry" | "pgvector" | "qdrant";
  readonly ref: string;
  readonly title: string;
  readonly snapshot: string;
}

/** One fact, what it speaks of and how strongly, with the evidence it stands on. */
export interface Finding {
  readonly inspection: string;
  readonly subject: Subject;
  /** Added to the log-odds of the subject; below zero speaks against it, zero only tells. */
  readonly weight: number;
  readonly text: string;
  readonly evidence: EvidenceDraft;
  /**
   * It changed a failing line of the innermost frames, or precisely what such a line needs; what merely lies in the same
   * function, or in something that a caller's line uses, did not. Nothing is called confirmed without such a finding.
   */
  readonly isDirect?: boolean;
  /** What kind of cause this makes it, where the finding tells. */
  readonly cause?: HypothesisType;
}

export function subjectKey(subject: Subject): string {
  if (subject.kind === "commit") return `commit ${subject.sha}`;
  if (subject.kind === "config_change" || subject.kind === "change") return `${subject.kind} ${subject.id}`;
  if (subject.kind === "component") return `component ${subject.key}`;
  if (subject.kind === "named") return `named ${subject.words}`;
  return subject.kind;
}

import type { HypothesisType } from "@culprit/contract";
import type { BlameFacts } from "../blame/facts.ts";
import type { FileDiff } from "../diff/parse-diff.ts";
import type { Learned } from "../learning/learned.ts";
import type { Observations } from "../observations/observations.ts";
import type { CodeRegion, UsedPackage } from "./called-code.ts";

/*
 * A World is all that an investigation may know about one incident, as plain data: read once, then inspected by pure
 * functions. Every text in it came from outside and is data. Instants are ISO 8601 in UTC.
 */

export interface WorldException {
  readonly type: string;
  readonly message: string;
}

/** A frame with its place in the repository, failing call of the root cause first. */
export interface WorldFrame {
  readonly file: string | null;
  readonly function: string | null;
  readonly line: number | null;
  readonly isInApp: boolean;
  /** Path at the deployed commit, or null for what is not in the repository. */
  readonly path: string | null;
}

export interface WorldRevision {
  readonly commitSha: string | null;
  readonly release: string | null;
  readonly fromAt: string;
  readonly toAt: string | null;
  readonly mappingConfidence: number;
  readonly mappingSource: string;
  readonly deploymentEventId: string | null;
}

export interface WorldCommit {
  readonly sha: string;
  readonly authorName: string;
  readonly authoredAt: string;
  readonly subject: string;
  readonly files: readonly FileDiff[];
  /** The patch as git printed it, cut to what is shown. */
  readonly patch: string;
}

/** The commits that came with the running revision, or were taken out by it. */
export interface WorldRange {
  readonly previousCommit: string | null;
  readonly currentCommit: string;
  readonly isRollback: boolean;
  readonly isApproximate: boolean;
  /** Newest first, merges left out; after a rollback those that it took out. */
  readonly commits: readonly WorldCommit[];
}

/** How much is known of a time in which a revision ran without the failure. */
export interface WorldWatch {
  readonly ranMs: number;
  /** The part of it in which signals could have come in at all: since the project exists. */
  readonly watchedMs: number;
  /** Other failures that came from the revision in that time, a thousand at most. Requests that went well are not kept. */
  readonly signals: number;
}

export interface WorldConfigChange {
  readonly id: string;
  readonly detectedAt: string;
  readonly source: string;
  readonly kind: string;
  readonly resource: string;
  readonly actor: string | null;
  readonly fields: readonly {
    readonly field: string;
    readonly isSecret: boolean;
    readonly oldValue: string | null;
    readonly newValue: string | null;
  }[];
  /** The running revision until this change; null where it began later, or nothing runs. */
  readonly watchBefore: WorldWatch | null;
}

/** The same failure, or one like it, in another incident. */
export interface WorldLikeIncident {
  readonly id: string;
  readonly title: string;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly culpritCommit: string | null;
  /** What people said of its conclusions. */
  readonly outcomes: readonly {
    readonly type: HypothesisType;
    readonly pattern: string | null;
    readonly isConfirmed: boolean;
  }[];
}

/** A text that speaks of the like: shown and cited, never a reason. */
export interface WorldRelated {
  readonly collection: "runbooks" | "incident_summaries";
  readonly title: string;
  /** 0..1, how near its text is. */
  readonly similarity: number;
  readonly excerpt: string;
  /** The engine that found it. */
  readonly source: "postgres" | "pgvector" | "qdrant";
  readonly ref: string;
}

/** Other failures in the same requests. */
export interface WorldTraceMate {
  readonly title: string;
  readonly message: string;
  readonly service: string | null;
}

export interface World {
  /** When all of this was read; counts go on afterwards. */
  readonly readAt: string;
  readonly incident: {
    readonly id: string;
    readonly title: string;
    readonly exceptions: readonly WorldException[];
    readonly environment: string;
    readonly service: string | null;
    readonly route: string | null;
    readonly httpStatus: number | null;
    /** First occurrence of this episode: since the incident was opened, or reopened. */
    readonly firstAt: string;
    readonly lastAt: string;
    readonly occurrences: number;
    readonly isRegression: boolean;
    /** How often it occurred while which revision ran. */
    readonly byRevision: readonly {
      readonly commitSha: string | null;
      readonly release: string | null;
      readonly count: number;
      readonly firstAt: string;
    }[];
    /** Calls to other services that the sender recorded just before the failure. */
    readonly outgoing: readonly { readonly url: string; readonly status: number | null }[];
  };
  readonly frames: readonly WorldFrame[];
  /** Oldest first. */
  readonly revisions: readonly WorldRevision[];
  readonly running: WorldRevision | null;
  readonly before: WorldRevision | null;
  /** The revision before, while it ran. */
  readonly watchBefore: WorldWatch | null;
  readonly range: WorldRange | null;
  /** Commits of the revision that ran before that one: they ran too, for longer. */
  readonly earlierCommits: readonly string[];
  /** What runs at or near the failing places, at the deployed commit. */
  readonly regions: readonly CodeRegion[];
  /** Packages that the failing code uses. */
  readonly packages: readonly UsedPackage[];
  /** Text of the files that `regions` and frames name, at the deployed commit. */
  readonly sources: ReadonlyMap<string, string>;
  readonly blame: BlameFacts;
  /** Facts of blamed commits outside the range. */
  readonly olderCommits: ReadonlyMap<
    string,
    { readonly authorName: string; readonly authoredAt: string; readonly subject: string }
  >;
  readonly configChanges: readonly WorldConfigChange[];
  readonly alike: readonly WorldLikeIncident[];
  /** Runbooks and earlier incidents that are near in words or meaning, each collection nearest first. */
  readonly related: readonly WorldRelated[];
  readonly traceMates: readonly WorldTraceMate[];
  /** Patterns of the paths that are the service's own, where several services share the repository; empty where all of it is. */
  readonly ownPaths: readonly string[];
  /** Who owns the failing place by the repository's CODEOWNERS. */
  readonly owner: { readonly path: string; readonly owners: readonly string[] } | null;
  /** Why the code can't be read, or null. */
  readonly codeMissing: string | null;
  /** Whether the clone is shallow and its history ends before what would be blamed. */
  readonly isHistoryCut: boolean;
  /** What telemetry says around the failure; null where none was asked. */
  readonly observed: Observations | null;
  /** What people said about earlier answers, and about this one. */
  readonly learned: Learned;
}

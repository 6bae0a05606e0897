import type { Effect } from "./effect.ts";
import type { Random } from "./random.ts";
import type { Stage, StageWishes } from "./stage.ts";

/** What kind of cause it is; `none` where nothing is to be blamed. */
export type CauseType = "release" | "traffic" | "dependency" | "db" | "infra" | "config" | "flag" | "none";

/** One right answer. */
export interface RightCause {
  readonly component: string | null;
  readonly types: readonly CauseType[];
  /** The change that did it, or null where none did. */
  readonly changeId: string | null;
}

/** The answer of a scenario, which stays outside the case's folder. */
export interface Truth {
  readonly kind: string;
  readonly group: ScenarioGroup;
  readonly seed: number;
  readonly causes: readonly RightCause[];
  /** It is right as well to blame nothing. */
  readonly mayBeNone: boolean;
}

export type ScenarioGroup = "fault" | "degraded" | "red_herring" | "healthy";

/** A change that the plan wants, minutes counted from the beginning of the fault. */
export interface ChangeDraft {
  readonly id?: string;
  readonly kind: "deployment" | "rollback" | "config" | "flag" | "migration" | "scaling" | "infrastructure";
  readonly minutes: number;
  readonly node: number | null;
  readonly title: string;
  readonly fields?: readonly { readonly field: string; readonly old: string | null; readonly new: string | null }[];
  /** What the commit of a deployment touches. */
  readonly patch?: PatchTopic;
}

export type PatchTopic =
  | "feature"
  | "refactor"
  | "query"
  | "loop"
  | "client"
  | "timeout"
  | "dependency"
  | "config"
  | "docs"
  | "tests"
  | "memory"
  | "migration"
  | "logging";

/** Lines that the fault itself makes somebody write. */
export interface ExtraLog {
  readonly node: number;
  readonly severity: "info" | "warn" | "error" | "fatal";
  readonly perMinute: number;
  readonly from?: number;
  readonly to?: number;
  readonly text: (random: Random) => string;
}

/** What happens in a scenario. */
export interface Plan {
  readonly effects: readonly Effect[];
  readonly changes?: readonly ChangeDraft[];
  readonly causes: readonly RightCause[];
  readonly mayBeNone?: boolean;
  readonly logs?: readonly ExtraLog[];
  /** What a node writes about its own errors, and what a caller writes about a link's. */
  readonly nodeTexts?: ReadonlyMap<number, (random: Random) => string>;
  readonly edgeTexts?: ReadonlyMap<number, (random: Random) => string>;
  readonly canary?: number;
  readonly silent?: readonly number[];
  readonly skewMs?: ReadonlyMap<number, number>;
  readonly erratic?: readonly number[];
  /** Which files there are; all of them where left out. */
  readonly only?: readonly ("metrics" | "logs" | "spans")[];
  readonly withoutEdges?: boolean;
  /** Nothing is wrong: nobody has to see anything. */
  readonly isQuiet?: boolean;
  /** So many minutes after the fault the window of the trouble begins, because the alert was late; about at once where left out. */
  readonly lateMinutes?: number;
  /** Trouble so slow that the baseline shows its beginning. */
  readonly minutesSeen?: number;
}

export interface Kind {
  readonly name: string;
  readonly group: ScenarioGroup;
  readonly wishes?: StageWishes;
  readonly plan: (stage: Stage, random: Random) => Plan;
}

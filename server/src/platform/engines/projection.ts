import type { EngineCheck } from "./engine-check.ts";

/** A row of the outbox: that something changed. A later fact of the same key replaces an earlier one. */
export interface Fact {
  readonly projectId: string;
  /** `<kind>/<id>` */
  readonly key: string;
  readonly isDeleted: boolean;
  /** The row as it was when the fact was written, without its large columns. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * What follows the facts of one topic: a copy of tables in another engine, or something that is made from them. It must take the same fact
 * twice, and one that is older than what it has already; the newest comes last.
 */
export interface Projection {
  /** `neo4j`, `qdrant`, `index`. */
  readonly engine: string;
  readonly topic: string;
  /** Facts of one `apply`. */
  readonly batchMax: number;
  /** Makes ready what it writes to. Idempotent; called before each filling and at each start. */
  prepare(): Promise<void>;
  /** Removes some of what it wrote; called again until nothing is left. */
  clear(): Promise<{ readonly isEmpty: boolean }>;
  /** Whether what this topic is about may hold anything; counts what there is to fill it with. */
  count(): Promise<number>;
  /** Everything there is as facts, by key, after the key `after`. */
  list(after: string | null, limit: number): Promise<readonly Fact[]>;
  apply(facts: readonly Fact[]): Promise<void>;
}

/** How far a projection is. */
export interface ProjectionStatus {
  readonly engine: string;
  readonly topic: string;
  /** `absent` before it was ever asked for. */
  readonly state: "absent" | "clearing" | "filling" | "ready";
  readonly rowsDone: number;
  readonly rowsTotal: number;
  /** Facts that wait for it. */
  readonly waiting: number;
  readonly lastError: string | null;
  readonly updatedAt: Date | null;
}

/** The state of an engine in one line, as `/health`, `culprit status` and `culprit engines status` say it. */
export function describeEngine(check: EngineCheck, status: ProjectionStatus | null): EngineCheck {
  if (status === null || !check.isHealthy) return check;
  const { state, rowsDone, rowsTotal, waiting, lastError } = status;
  if (lastError !== null)
    return {
      ...check,
      isHealthy: false,
      message: `It does not go on: ${lastError} ${waiting} facts wait; nothing is lost.`,
    };
  if (state === "ready")
    return { ...check, message: `${check.message} ${waiting === 0 ? "It has everything." : `${waiting} facts wait.`}` };
  const why =
    state === "absent"
      ? "It was not filled yet."
      : state === "clearing"
        ? "What it held is being removed."
        : `It is being filled: ${rowsDone} of ${rowsTotal}.`;
  return { ...check, message: `${check.message} ${why}` };
}

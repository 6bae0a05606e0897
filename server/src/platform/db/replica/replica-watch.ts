import type pg from "pg";

/** `behind`: reachable, and further behind than allowed, or no replica at all. */
export type ReplicaStatus = "in_use" | "behind" | "unreachable";

export interface ReplicaView {
  readonly status: ReplicaStatus;
  /** In words; null while it is in use. */
  readonly reason: string | null;
  readonly lagMs: number | null;
  readonly checkedAt: Date | null;
}

/** A look at the primary: everything written before `atMs` lies at or before `lsn`. */
interface Mark {
  readonly atMs: number;
  readonly lsn: bigint;
}

const MARKS_MAX = 1200;
const WITHIN_MS = 3000;

/**
 * Knows up to which moment a streaming replica shows what the primary holds. Each look asks both for their place in the
 * log: the replica has everything that the primary had at the newest look whose place it has replayed. So its lag is
 * right for an idle primary too (where the time of the last replayed transaction only grows) and for a replica whose
 * connection was lost (which has replayed all that it received).
 */
export class ReplicaWatch {
  readonly #primary: pg.Pool;
  readonly #replica: pg.Pool;
  readonly #lagMaxMs: number;
  readonly #nowMs: () => number;
  #marks: Mark[] = [];
  /** When the primary was like the replica is, by our clock; nothing before the first look that it has replayed. */
  #shownMs = Number.NEGATIVE_INFINITY;
  #view: ReplicaView = {
    status: "unreachable",
    reason: "The replica was not asked yet.",
    lagMs: null,
    checkedAt: null,
  };

  constructor(primary: pg.Pool, replica: pg.Pool, lagMaxMs: number, nowMs: () => number = Date.now) {
    this.#primary = primary;
    this.#replica = replica;
    this.#lagMaxMs = lagMaxMs;
    this.#nowMs = nowMs;
  }

  get view(): ReplicaView {
    return this.#view;
  }

  /** True where the replica may answer somebody who wrote at `wroteAtMs`, by our clock, or never. */
  mayAnswer(wroteAtMs: number | null): boolean {
    return this.#view.status === "in_use" && (wroteAtMs === null || wroteAtMs < this.#shownMs);
  }

  /** A read on the replica failed: it is not asked again before the next look finds it well. */
  failed(reason: string): void {
    this.#view = { ...this.#view, status: "unreachable", reason: `The replica failed: ${reason}` };
  }

  /** Looks at both. Never throws; a primary that does not answer says nothing about the replica. */
  async look(): Promise<void> {
    const atMs = this.#nowMs();
    const checkedAt = new Date(atMs);
    try {
      const [primary, replica] = await Promise.all([
        within(this.#primary.query<{ lsn: string }>("select pg_current_wal_lsn()::text as lsn")),
        within(
          this.#replica.query<{ isReplica: boolean; lsn: string | null }>(
            'select pg_is_in_recovery() as "isReplica", pg_last_wal_replay_lsn()::text as lsn',
          ),
        ),
      ]);
      const { isReplica = false, lsn = null } = replica.rows[0] ?? {};
      if (!isReplica || lsn === null) {
        const reason = "DATABASE_REPLICA_URL leads to a server that is no streaming replica.";
        this.#view = { status: "behind", reason, lagMs: null, checkedAt };
        return;
      }
      this.#marks.push({ atMs, lsn: numberOf(primary.rows[0]?.lsn ?? "0/0") });
      const replayed = numberOf(lsn);
      const shown = this.#marks.findLastIndex((mark) => mark.lsn <= replayed);
      if (shown >= 0) this.#shownMs = this.#marks[shown]?.atMs ?? this.#shownMs;
      // Older marks tell nothing more; while none was replayed, the first one tells since when.
      this.#marks = this.#marks.slice(Math.max(0, shown)).slice(-MARKS_MAX);
      const lagMs = atMs - (shown >= 0 ? this.#shownMs : Math.max(this.#shownMs, this.#marks[0]?.atMs ?? atMs));
      const isBehind = lagMs > this.#lagMaxMs || !Number.isFinite(this.#shownMs);
      const reason = isBehind ? `The replica is ${lagMs} ms behind, ${this.#lagMaxMs} ms are allowed.` : null;
      this.#view = { status: isBehind ? "behind" : "in_use", reason, lagMs, checkedAt };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#view = { status: "unreachable", reason: `The replica can't be asked: ${reason}`, lagMs: null, checkedAt };
    }
  }
}

/** `16/B374D848` as one number. */
function numberOf(lsn: string): bigint {
  const [high = "0", low = "0"] = lsn.split("/");
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

async function within<T>(asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${WITHIN_MS} ms`)), WITHIN_MS);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

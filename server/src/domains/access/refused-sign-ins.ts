import { type Kysely, sql } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { hashSecret, keyPrefix } from "./keys.ts";

/** What refusals are counted for. */
export type RefusedKind = "key" | "user" | "address";

const SUBJECTS_MAX = 5_000;
/** Where more are at it than are told apart. */
const OTHERS = "others";

/**
 * Counts refused keys and sign-in links, by the key's visible beginning, by user and by address, and writes the counts in
 * batches: a refusal costs no statement, and what is presented and accepted costs nothing. A page that is left open with
 * an ended session is no refusal: nobody tries to get in there. Memory is bounded; what is over it is counted together.
 */
export class RefusedSignIns {
  #counts = new Map<string, { kind: RefusedKind; subject: string; count: number }>();
  #links = new Map<string, { hash: Buffer; count: number }>();

  /** A key was presented from this address and not accepted. */
  key(key: string, address: string): void {
    const prefix = keyPrefix(key);
    if (prefix !== null) this.#count("key", prefix, 1);
    this.#count("address", address, 1);
  }

  /** A sign-in link was opened from this address and not accepted: unknown, used or old. */
  link(token: string, address: string): void {
    this.#count("address", address, 1);
    const hash = hashSecret(token);
    const name = hash.toString("base64");
    const known = this.#links.get(name);
    if (known !== undefined) known.count += 1;
    else if (this.#links.size < SUBJECTS_MAX) this.#links.set(name, { hash, count: 1 });
  }

  /** Writes what was counted since the last call, into the hour of the database's clock. */
  async write(db: Kysely<DB>): Promise<void> {
    if (this.#counts.size === 0 && this.#links.size === 0) return;
    const [counts, links] = [[...this.#counts.values()], [...this.#links.values()]];
    this.#counts = new Map();
    this.#links = new Map();
    await sql`
      WITH told AS (
        SELECT * FROM unnest(${counts.map(({ kind }) => kind)}::text[], ${counts.map(({ subject }) => subject)}::text[],
          ${counts.map(({ count }) => count)}::bigint[]) AS t(kind, subject, count)
        UNION ALL
        SELECT 'user', l.user_id::text, sum(t.count)::bigint
        FROM unnest(${links.map(({ hash }) => hash)}::bytea[], ${links.map(({ count }) => count)}::bigint[]) AS t(hash, count)
        JOIN login_links l ON l.token_hash = t.hash GROUP BY 2
      )
      INSERT INTO auth_failures AS a (kind, subject, hour, count, last_at)
      SELECT kind, subject, date_trunc('hour', now(), 'UTC'), count, now() FROM told ORDER BY kind, subject
      ON CONFLICT (hour, kind, subject) DO UPDATE SET count = a.count + EXCLUDED.count, last_at = now()`.execute(db);
  }

  #count(kind: RefusedKind, subject: string, by: number): void {
    const name = `${kind} ${subject}`;
    const known = this.#counts.get(name);
    if (known !== undefined) known.count += by;
    else if (this.#counts.size < SUBJECTS_MAX || subject === OTHERS)
      this.#counts.set(name, { kind, subject, count: by });
    else this.#count(kind, OTHERS, by);
  }
}

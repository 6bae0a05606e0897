import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId } from "../../platform/ids/ids.ts";
import { hashSecret, isSameSecret, type KeyType, keyPrefix } from "./keys.ts";
import { RefusedSignIns } from "./refused-sign-ins.ts";

/** Who a key speaks for. */
export interface KeyHolder {
  readonly keyId: string;
  readonly keyType: KeyType;
  readonly projectId: string;
}

const REMEMBERED_MS = 1000;
const REMEMBERED_MAX = 10_000;

/**
 * Finds the holder of a key by its prefix, one index look-up. An answer is remembered for a second at most, so that a
 * revoked key dies everywhere within a second; what is remembered is the key's hash, never the key.
 */
export class KeyRing {
  /** What was presented and not accepted. */
  readonly refused = new RefusedSignIns();
  readonly #db: Kysely<DB>;
  readonly #nowMs: () => number;
  readonly #remembered = new Map<string, { atMs: number; holder: Promise<KeyHolder | null> }>();
  readonly #uses = new Map<string, { holder: KeyHolder; count: number }>();

  constructor(db: Kysely<DB>, nowMs: () => number = () => performance.now()) {
    this.#db = db;
    this.#nowMs = nowMs;
  }

  /** The holder of a valid key, else null. Counts the use. */
  async holderOf(key: string): Promise<KeyHolder | null> {
    const prefix = keyPrefix(key);
    if (prefix === null) return null;
    const name = hashSecret(key).toString("base64");
    const known = this.#remembered.get(name);
    const isFresh = known !== undefined && this.#nowMs() - known.atMs < REMEMBERED_MS;
    const lookUp = isFresh ? known.holder : this.#find(prefix, key);
    if (!isFresh) {
      if (this.#remembered.size >= REMEMBERED_MAX) this.#remembered.clear();
      this.#remembered.set(name, { atMs: this.#nowMs(), holder: lookUp });
      // A look-up that failed is not an answer to remember.
      lookUp.catch(() => this.#remembered.delete(name));
    }
    const holder = await lookUp;
    if (holder !== null) {
      const use = this.#uses.get(holder.keyId) ?? { holder, count: 0 };
      use.count += 1;
      this.#uses.set(holder.keyId, use);
    }
    return holder;
  }

  /** Writes the uses since the last call: last use and count for each key, and the total per kind; and the refusals. */
  async writeUses(): Promise<void> {
    await this.refused.write(this.#db);
    const uses = [...this.#uses.values()].sort((a, b) => (a.holder.keyId < b.holder.keyId ? -1 : 1));
    this.#uses.clear();
    if (uses.length === 0) return;
    await sql`
      WITH used AS (
        UPDATE api_keys k SET usage_count = k.usage_count + u.count, last_used_at = now()
        FROM unnest(${uses.map(({ holder }) => holder.keyId)}::uuid[], ${uses.map(({ count }) => count)}::bigint[]) AS u(id, count)
        WHERE k.id = u.id RETURNING k.project_id, k.key_type, u.count
      )
      INSERT INTO api_key_usage AS a (id, project_id, key_type, last_used_at, usage_count)
      SELECT gen_random_uuid(), project_id, key_type, now(), sum(count) FROM used GROUP BY project_id, key_type ORDER BY project_id, key_type
      ON CONFLICT (project_id, key_type) DO UPDATE SET last_used_at = now(), usage_count = a.usage_count + EXCLUDED.usage_count`.execute(
      this.#db,
    );
  }

  async #find(prefix: string, key: string): Promise<KeyHolder | null> {
    const row = await this.#db
      .selectFrom("api_keys as k")
      .innerJoin("projects as p", "p.id", "k.project_id")
      .select(["k.id", "k.key_type", "k.project_id", "k.secret_hash"])
      .where("k.prefix", "=", prefix)
      .where("k.revoked_at", "is", null)
      .where("p.deleted_at", "is", null)
      .executeTakeFirst();
    if (row === undefined || !isSameSecret(key, row.secret_hash)) return null;
    return { keyId: row.id, keyType: row.key_type as KeyType, projectId: row.project_id };
  }
}

/** Stores a new key of a project. */
export function insertKey(
  db: Kysely<DB>,
  projectId: string,
  type: KeyType,
  key: { prefix: string; secretHash: Buffer },
) {
  return db
    .insertInto("api_keys")
    .values({ id: newId(), project_id: projectId, key_type: type, prefix: key.prefix, secret_hash: key.secretHash })
    .execute();
}

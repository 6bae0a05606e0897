import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import type pg from "pg";

/**
 * The pool for Kysely, as one of Culprit's database roles. `opening` are the statements that take the role on, such as
 * `set local role …`: they go out together with a transaction's `begin`, so they cost no round trip, and end with it, so
 * nothing of a session depends on them. A query outside of a transaction gets one of its own.
 */
export function rolePool(pool: pg.Pool, opening: string): PostgresPool {
  return {
    options: pool.options,
    connect: async () => new RoleClient(await pool.connect(), opening),
    // Several roles share the pool; whoever opened it ends it.
    end: async () => undefined,
  };
}

class RoleClient implements PostgresPoolClient {
  readonly #client: pg.PoolClient;
  readonly #opening: string;
  #isInTransaction = false;

  constructor(client: pg.PoolClient, opening: string) {
    this.#client = client;
    this.#opening = opening;
  }

  query: PostgresPoolClient["query"] = (text: unknown, values?: readonly unknown[]) => {
    if (typeof text !== "string") throw new Error("a cursor has no role: use a transaction of the pool");
    // biome-ignore lint/suspicious/noExplicitAny: the two signatures of `query` share no result type.
    return this.#run(text, values ?? []) as any;
  };

  release(destroy?: boolean): void {
    this.#client.release(destroy);
  }

  async #run(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<unknown>> {
    if (/^(begin|start transaction)\b/i.test(text)) return this.#begin(text);
    if (/^(commit|rollback)$/i.test(text)) this.#isInTransaction = false;
    else if (!this.#isInTransaction) return this.#runAlone(text, values);
    return this.#send(text, values);
  }

  async #begin(begin: string): Promise<PostgresQueryResult<unknown>> {
    try {
      const result = await this.#send(`${begin}; ${this.#opening}`, []);
      this.#isInTransaction = true;
      return result;
    } catch (error) {
      // The transaction may have begun before the role was refused.
      await this.#send("rollback", []);
      throw error;
    }
  }

  async #runAlone(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<unknown>> {
    await this.#begin("begin");
    this.#isInTransaction = false;
    try {
      const result = await this.#send(text, values);
      await this.#send("commit", []);
      return result;
    } catch (error) {
      await this.#send("rollback", []).catch(() => undefined);
      throw error;
    }
  }

  async #send(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<unknown>> {
    return (await this.#client.query(text, [...values])) as unknown as PostgresQueryResult<unknown>;
  }
}

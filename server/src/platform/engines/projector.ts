import { setTimeout as delay } from "node:timers/promises";
import { type RawBuilder, sql } from "kysely";
import type { Database } from "../db/open-database.ts";
import { newId } from "../ids/ids.ts";
import type { Log } from "../log/log.ts";
import type { Fact, Projection, ProjectionStatus } from "./projection.ts";

/*
 * Feeds a projection from the outbox, in order, at least once.
 *
 * States of `outbox_positions`: (no row) → clearing → filling → ready. The row is what makes triggers write facts, so it is made first, and
 * filling begins only when every transaction that could not see it has ended. Filling walks the tables by key and keeps its cursor with each batch; facts that
 * are written meanwhile wait behind it and are applied afterwards, which is harmless where filling read the newer state already.
 *
 * Ids of the outbox are given out before their transactions end, so a row with a smaller id may become visible after one with a larger id.
 * Rows are therefore read up to a fence: the largest id that was visible at a moment, once every transaction that ran at that moment has ended. A
 * transaction that runs for long holds the projection up and loses nothing.
 *
 * One process feeds an engine at a time: it holds a lease on the row, in the database's own clock, and every write asks for its token.
 */

const LEASE_S = 60;
const POLL_MS = 500;
const BACKOFF_MS = { first: 1000, max: 60_000 };

interface Position {
  readonly state: "clearing" | "filling" | "ready";
  readonly last_id: number;
  readonly fill_cursor: string | null;
}

export class Projector {
  readonly #database: Database;
  readonly #projection: Projection;
  readonly #log: Log;
  readonly #token = newId();
  readonly #ending = new AbortController();
  #running: Promise<void> | null = null;
  /** Facts up to `id` are all visible once nothing runs that began before transaction `xmax`. */
  #fence: { readonly id: number; readonly xmax: string } | null = null;

  constructor(deps: { readonly database: Database; readonly projection: Projection; readonly log: Log }) {
    this.#database = deps.database;
    this.#projection = deps.projection;
    this.#log = deps.log;
  }

  /** Follows the outbox until `stop`. A failure is stored, told in the log once, and tried again with back-off. */
  start(): void {
    this.#running ??= this.#follow();
  }

  /** Ends after the batch at hand and gives the lease back. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
    await this.#release();
  }

  /** Asks for a new filling, from the beginning. The outbox written meanwhile is kept. */
  async rebuild(): Promise<void> {
    const { engine, topic } = this.#projection;
    await this.#database.transaction(async (tx) => {
      await sql`
        INSERT INTO outbox_positions AS p (engine, topic, state, last_id) VALUES (${engine}, ${topic}, 'clearing', coalesce((SELECT max(id) FROM outbox), 0))
        ON CONFLICT (engine, topic) DO UPDATE SET state = 'clearing', fill_cursor = NULL, rows_done = 0, rows_total = 0, last_error = NULL,
          lease_token = CASE WHEN p.lease_token = ${this.#token} THEN p.lease_token END`.execute(tx);
    });
  }

  /**
   * One piece of work: a part of clearing or filling, or a batch of facts. A projection that nobody asked for yet is filled first.
   * @returns `done` when nothing is left to do now, `busy` when another process feeds it, `worked` otherwise.
   * @throws what the engine throws; nothing is lost by it.
   */
  async step(): Promise<"done" | "busy" | "worked"> {
    const { engine, topic } = this.#projection;
    if (this.#fence === null && (await this.#isIdle())) return "done";
    const position = await this.#lease();
    if (position === "absent") {
      await this.rebuild();
      return "worked";
    }
    if (position === "busy") return "busy";
    if (position.state === "clearing") {
      await this.#projection.prepare();
      const { isEmpty } = await this.#projection.clear();
      if (isEmpty) {
        // Whoever could not see the position has written no fact: what they did must be in the tables before these are read.
        await this.#untilEnded(await this.#now());
        await this.#write(
          sql`state = 'filling', fill_cursor = NULL, rows_done = 0, rows_total = ${await this.#projection.count()}`,
        );
      }
      return "worked";
    }
    if (position.state === "filling") {
      const facts = await this.#projection.list(position.fill_cursor, this.#projection.batchMax);
      await this.#projection.apply(facts);
      const last = facts.at(-1);
      await this.#write(
        last === undefined
          ? sql`state = 'ready', fill_cursor = NULL`
          : sql`fill_cursor = ${last.key}, rows_done = rows_done + ${facts.length}, rows_total = greatest(rows_total, rows_done + ${facts.length})`,
      );
      if (last === undefined) this.#log.info({ engine, topic }, "an engine is filled");
      return "worked";
    }
    return this.#applyFacts(position.last_id);
  }

  /** Works until nothing is left that was written before the call; for commands and tests. @throws as `step`. */
  async catchUp(onProgress?: (status: ProjectionStatus) => void): Promise<void> {
    const until = await this.#now();
    for (;;) {
      const isSettled = await this.#hasEnded(until.xmax);
      const worked = await this.step();
      if (worked === "worked") {
        onProgress?.(await this.status());
        continue;
      }
      if (worked === "busy") {
        const status = await this.status();
        onProgress?.(status);
        if (isSettled && status.state === "ready" && status.waiting === 0) return;
        await delay(POLL_MS);
        continue;
      }
      if (isSettled && this.#fence === null) break;
      await delay(20);
    }
    await this.#release();
  }

  /** How far it is. */
  async status(): Promise<ProjectionStatus> {
    return projectionStatus(this.#database, this.#projection);
  }

  async #applyFacts(lastId: number): Promise<"done" | "worked"> {
    const { topic, batchMax } = this.#projection;
    const now = await this.#now();
    if (this.#fence === null && now.id > lastId) this.#fence = now;
    const fence = this.#fence;
    if (fence === null || !(await this.#hasEnded(fence.xmax))) return "done";
    const { rows } = await sql<{ id: number; project_id: string; key: string; payload: Record<string, unknown> }>`
      SELECT id, project_id, key, payload FROM outbox WHERE topic = ${topic} AND id > ${lastId} AND id <= ${fence.id}
      ORDER BY id LIMIT ${batchMax}`.execute(this.#database.db);
    const newest = new Map<string, Fact>();
    for (const { project_id: projectId, key, payload } of rows) {
      // A commit is a thing of each project that has it.
      const thing = `${projectId} ${key}`;
      newest.delete(thing);
      newest.set(thing, { projectId, key, isDeleted: payload.deleted === true, payload });
    }
    if (newest.size > 0) await this.#projection.apply([...newest.values()]);
    const isRest = rows.length === batchMax;
    const upTo = isRest ? (rows.at(-1)?.id ?? fence.id) : fence.id;
    if (!isRest) this.#fence = null;
    await this.#write(sql`last_id = ${upTo}`);
    // What every engine of the topic has is not needed any more.
    if (rows.length > 0)
      await sql`DELETE FROM outbox WHERE topic = ${topic} AND id <= (SELECT min(last_id) FROM outbox_positions WHERE topic = ${topic})`.execute(
        this.#database.db,
      );
    return rows.length > 0 ? "worked" : "done";
  }

  async #follow(): Promise<void> {
    const { engine } = this.#projection;
    const { signal } = this.#ending;
    let waitMs = BACKOFF_MS.first;
    let isFailing = false;
    while (!signal.aborted) {
      let restMs = POLL_MS;
      try {
        if ((await this.step()) === "worked") restMs = 0;
        if (isFailing) this.#log.info({ engine }, "an engine goes on");
        isFailing = false;
        waitMs = BACKOFF_MS.first;
      } catch (err) {
        const message = err instanceof Error ? err.message : String(err);
        if (!isFailing) this.#log.error({ err, engine }, "an engine can't be fed; its facts wait");
        isFailing = true;
        await this.#write(sql`last_error = ${message}`, false).catch(() => undefined);
        restMs = waitMs;
        waitMs = Math.min(waitMs * 2, BACKOFF_MS.max);
      }
      if (restMs > 0) await delay(restMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** Nothing waits, and the position was written lately enough to show that somebody is there: then not even a lease is taken. */
  async #isIdle(): Promise<boolean> {
    const { engine, topic } = this.#projection;
    const { rows } = await sql`
      SELECT 1 FROM outbox_positions p WHERE engine = ${engine} AND topic = ${topic} AND state = 'ready' AND last_error IS NULL
        AND updated_at > now() - interval '1 hour' AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.topic = p.topic AND o.id > p.last_id)`.execute(
      this.#database.db,
    );
    return rows.length > 0;
  }

  /** The position, leased to this process. */
  async #lease(): Promise<Position | "absent" | "busy"> {
    const { engine, topic } = this.#projection;
    const { rows } = await sql<Position>`
      UPDATE outbox_positions SET lease_token = ${this.#token}, lease_until = now() + make_interval(secs => ${LEASE_S})
      WHERE engine = ${engine} AND topic = ${topic} AND (lease_token IS NULL OR lease_token = ${this.#token} OR lease_until < now())
      RETURNING state, last_id, fill_cursor`.execute(this.#database.db);
    if (rows[0] !== undefined) return rows[0];
    const { rows: known } =
      await sql`SELECT 1 FROM outbox_positions WHERE engine = ${engine} AND topic = ${topic}`.execute(
        this.#database.db,
      );
    return known.length === 0 ? "absent" : "busy";
  }

  /** Writes to the position if it is still leased to this process. A success clears the last error. */
  async #write(values: RawBuilder<unknown>, isSuccess = true): Promise<void> {
    const { engine, topic } = this.#projection;
    const { numAffectedRows } = await sql`
      UPDATE outbox_positions SET ${isSuccess ? sql`last_error = NULL,` : sql``} ${values}
      WHERE engine = ${engine} AND topic = ${topic} AND lease_token = ${this.#token}`.execute(this.#database.db);
    if (numAffectedRows === 0n) this.#fence = null;
  }

  async #release(): Promise<void> {
    const { engine, topic } = this.#projection;
    await sql`UPDATE outbox_positions SET lease_token = NULL, lease_until = NULL WHERE engine = ${engine} AND topic = ${topic} AND lease_token = ${this.#token}`
      .execute(this.#database.db)
      .catch(() => undefined);
  }

  async #now(): Promise<{ id: number; xmax: string }> {
    const { rows } = await sql<{ id: number; xmax: string }>`
      SELECT coalesce((SELECT max(id) FROM outbox WHERE topic = ${this.#projection.topic}), 0) AS id, pg_snapshot_xmax(pg_current_snapshot())::text AS xmax`.execute(
      this.#database.db,
    );
    return rows[0] ?? { id: 0, xmax: "0" };
  }

  async #hasEnded(xmax: string): Promise<boolean> {
    const { rows } = await sql<{ ended: boolean }>`
      SELECT pg_snapshot_xmin(pg_current_snapshot()) >= ${xmax}::xid8 AS ended`.execute(this.#database.db);
    return rows[0]?.ended === true;
  }

  async #untilEnded({ xmax }: { xmax: string }): Promise<void> {
    while (!(await this.#hasEnded(xmax))) await delay(20, undefined, { signal: this.#ending.signal });
  }
}

/** How far a projection is, as every process can tell. */
export async function projectionStatus(
  { db }: Pick<Database, "db">,
  { engine, topic }: Pick<Projection, "engine" | "topic">,
): Promise<ProjectionStatus> {
  const { rows } = await sql<Omit<ProjectionStatus, "engine" | "topic">>`
    SELECT state, rows_done AS "rowsDone", rows_total AS "rowsTotal", last_error AS "lastError", updated_at AS "updatedAt",
      (SELECT count(*)::int FROM outbox o WHERE o.topic = p.topic AND o.id > p.last_id) AS waiting
    FROM outbox_positions p WHERE engine = ${engine} AND topic = ${topic}`.execute(db);
  const absent = { state: "absent", rowsDone: 0, rowsTotal: 0, waiting: 0, lastError: null, updatedAt: null } as const;
  return { engine, topic, ...(rows[0] ?? absent) };
}

/** Forgets engines that nobody has fed for so many days, so that facts do not pile up for them; they are filled anew when they come back. @returns their names. */
export async function forgetLeftEngines({ db }: Pick<Database, "db">, days: number): Promise<readonly string[]> {
  const { rows } = await sql<{ engine: string; topic: string }>`
    DELETE FROM outbox_positions WHERE updated_at < now() - make_interval(days => ${days}) RETURNING engine, topic`.execute(
    db,
  );
  for (const { topic } of rows)
    await sql`DELETE FROM outbox o WHERE topic = ${topic} AND NOT EXISTS (SELECT 1 FROM outbox_positions p WHERE p.topic = o.topic)`.execute(
      db,
    );
  return rows.map(({ engine }) => engine);
}

import { createReadStream } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { createGunzip } from "node:zlib";
import type pg from "pg";
import { CulpritError } from "../../errors/culprit-error.ts";
import { ensurePartitionsOf, partitionedTables } from "../ensure-partitions.ts";
import { inTransaction } from "../in-transaction.ts";
import type { Database } from "../open-database.ts";
import { type ArchiveManifest, checkArchive, linesOf, readManifests } from "./archive-file.ts";
import { fixTextForms } from "./archive-sql.ts";
import { findIncidentChildren } from "./incident-children.ts";
import { findRestorableTables, insertRows, mendReferences, type RestorableTable } from "./restorable-tables.ts";

/** What came back. */
export interface RestoredArchive {
  readonly file: string;
  readonly incidents: number;
  /** That were there, and stay as they are. */
  readonly existing: number;
  /** Of a project that is no more. */
  readonly orphaned: number;
  /** Rows of all tables, the incidents themselves too. */
  readonly rows: number;
  /** By table: rows that were there under another incident, or need something that is gone. */
  readonly leftOut: Readonly<Record<string, number>>;
}

interface Line {
  readonly table?: string;
  readonly incident?: string;
  readonly row?: Json;
  readonly id?: string;
  readonly project_id?: string;
  readonly children?: Readonly<Record<string, readonly Json[]>>;
}
type Json = Readonly<Record<string, unknown>>;

const BATCH_ROWS = 500;

/**
 * Brings the incidents of an archive back, with all their rows, in one transaction: killed at any point, nothing of it happened. An incident
 * that is there is left alone, so the same archive can be restored again. What came back is kept as long as a new one. One caller at a
 * time (`withMaintenanceLock`).
 * @throws CulpritError INVALID_REQUEST for a file that is no archive or is damaged.
 */
export async function restoreArchive(
  database: Database,
  path: string,
  { incident = null, progress }: { readonly incident?: string | null; readonly progress: (line: string) => void },
): Promise<RestoredArchive> {
  const { folder, manifest } = await findArchive(path);
  progress(`checking ${manifest.file}`);
  await checkArchive(folder, manifest);
  const file = join(folder, manifest.file);
  await makePartitions(database, file);
  return inTransaction(database.pool, "begin", async (client) => {
    await fixTextForms(client);
    const names = ["incidents", ...(await findIncidentChildren(client)).map(({ name }) => name)];
    const tables = await findRestorableTables(client, names);
    const run = new Restore(client, tables);
    for await (const line of readLines(file)) {
      if (line.children !== undefined && (incident === null || line.id === incident))
        await run.addIncident(line, line.children);
      else if (line.table !== undefined && line.row !== undefined && (incident === null || line.incident === incident))
        await run.addRow(line.table, line.incident ?? "", line.row, manifest.kind === "partition");
    }
    return { file: manifest.file, ...(await run.end()) };
  });
}

class Restore {
  readonly #client: pg.PoolClient;
  readonly #tables: readonly RestorableTable[];
  readonly #restored = new Set<string>();
  readonly #waiting = new Map<string, Json[]>();
  readonly #leftOut: Record<string, number> = {};
  #existing = 0;
  #orphaned = 0;
  #rows = 0;

  constructor(client: pg.PoolClient, tables: readonly RestorableTable[]) {
    this.#client = client;
    this.#tables = tables;
  }

  async addIncident(line: Line, children: NonNullable<Line["children"]>): Promise<void> {
    const { rows } = await this.#client.query<{ isThere: boolean; hasProject: boolean }>(
      `select exists (select 1 from incidents where id = $1) as "isThere", exists (select 1 from projects where id = $2) as "hasProject"`,
      [line.id, line.project_id],
    );
    if (rows[0]?.isThere === true) this.#existing += 1;
    else if (rows[0]?.hasProject !== true) this.#orphaned += 1;
    else {
      this.#restored.add(line.id ?? "");
      const all = new Map<string, readonly Json[]>([...Object.entries(children), ["incidents", [line as Json]]]);
      for (const table of this.#tables) await this.#insert(table, all.get(table.name) ?? []);
      for (const table of this.#tables) {
        const own = all.get(table.name) ?? [];
        if (own.length === 0) continue;
        for (const statement of mendReferences(table)) await this.#client.query(statement, [JSON.stringify(own)]);
      }
    }
  }

  /** A row of a large table: of an incident that came back before it, or of one that lives. */
  async addRow(table: string, incident: string, row: Json, isOfLiving: boolean): Promise<void> {
    if (!isOfLiving && !this.#restored.has(incident)) return;
    const rows = this.#waiting.get(table) ?? [];
    rows.push(row);
    this.#waiting.set(table, rows);
    if (rows.length >= BATCH_ROWS) await this.#flush(table);
  }

  async end(): Promise<Omit<RestoredArchive, "file">> {
    for (const table of this.#waiting.keys()) await this.#flush(table);
    await this.#client.query("update incidents set restored_at = now() where id = any($1)", [[...this.#restored]]);
    const [incidents, existing, orphaned] = [this.#restored.size, this.#existing, this.#orphaned];
    return { incidents, existing, orphaned, rows: this.#rows, leftOut: this.#leftOut };
  }

  async #flush(name: string): Promise<void> {
    const rows = this.#waiting.get(name) ?? [];
    this.#waiting.set(name, []);
    const table = this.#tables.find((one) => one.name === name);
    if (table === undefined) this.#leftOut[name] = (this.#leftOut[name] ?? 0) + rows.length;
    else await this.#insert(table, rows);
  }

  async #insert(table: RestorableTable, rows: readonly Json[]): Promise<void> {
    if (rows.length === 0) return;
    const { rowCount } = await this.#client.query(insertRows(table), [JSON.stringify(rows)]);
    const done = rowCount ?? 0;
    this.#rows += done;
    if (done < rows.length) this.#leftOut[table.name] = (this.#leftOut[table.name] ?? 0) + rows.length - done;
  }
}

async function findArchive(path: string): Promise<{ folder: string; manifest: ArchiveManifest }> {
  const full = resolve(path);
  const folder = dirname(full);
  const file = basename(full).replace(/\.manifest\.json$/, ".ndjson.gz");
  const manifest = (await readManifests(folder)).find((one) => one.file === file);
  if (manifest !== undefined) return { folder, manifest };
  throw new CulpritError(
    "INVALID_REQUEST",
    `${full} is no archive: it needs a ….ndjson.gz with its ….manifest.json beside it, as culprit archive writes them.`,
    { details: { field: "FILE", provided: path } },
  );
}

/** The days and months that rows of large tables lie in may be long gone. */
async function makePartitions(database: Database, file: string): Promise<void> {
  const { rows } = await database.pool.query<{ table: string; column: string }>(
    `select p.partrelid::regclass::text as table, a.attname as column from pg_partitioned_table p
     join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0] where p.partrelid::regclass::text = any($1)`,
    [Object.keys(partitionedTables)],
  );
  const columns = new Map(rows.map(({ table, column }) => [table, column]));
  const days = new Map<string, Set<string>>();
  for await (const { table = "", row } of readLines(file)) {
    const at = row?.[columns.get(table) ?? ""];
    if (typeof at !== "string") continue;
    const seen = days.get(table) ?? new Set();
    days.set(table, seen.add(at.slice(0, 10)));
  }
  for (const [table, all] of days)
    await ensurePartitionsOf(
      database.owner,
      [table],
      [...all].map((day) => new Date(`${day}T00:00:00Z`)),
    );
}

async function* readLines(file: string): AsyncIterable<Line> {
  for await (const text of linesOf(createReadStream(file).pipe(createGunzip()).setEncoding("utf8")))
    if (text !== "") yield JSON.parse(text) as Line;
}

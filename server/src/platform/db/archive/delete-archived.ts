import type pg from "pg";
import { inTransaction } from "../in-transaction.ts";
import { states, tryAgain } from "../try-again.ts";
import type { ArchiveManifest } from "./archive-file.ts";
import { fixTextForms, incidentLines, largeDigests } from "./archive-sql.ts";
import { findIncidentChildren } from "./incident-children.ts";

const BATCH = 50;
/** A lock that was not to be had, a deadlock, a row that changed under the transaction. */
const BUSY = { states: [states.lockNotAvailable, states.deadlock, states.serializationFailure], triesMax: 3 };

export type ArchivedIncident = ArchiveManifest["incidents"][number];

/**
 * Deletes those of the archived incidents that still are what was archived, with all their rows; those that changed are
 * left. Each fifty are one transaction of one snapshot: a row that somebody writes meanwhile fails it, so nothing goes
 * that the archive does not hold.
 */
export async function deleteArchived(
  pool: pg.Pool,
  incidents: readonly ArchivedIncident[],
): Promise<{ deleted: number; left: string[] }> {
  let deleted = 0;
  const left: string[] = [];
  for (let at = 0; at < incidents.length; at += BATCH) {
    const batch = incidents.slice(at, at + BATCH);
    const result = await deleteBatch(pool, batch);
    deleted += result.deleted;
    left.push(...result.left);
  }
  return { deleted, left };
}

async function deleteBatch(
  pool: pg.Pool,
  batch: readonly ArchivedIncident[],
): Promise<{ deleted: number; left: string[] }> {
  const ids = batch.map(({ id }) => id);
  const remove = async (client: pg.PoolClient) => {
    await fixTextForms(client);
    await client.query("set local lock_timeout = '2s'");
    await client.query("select set_config('culprit.retention', 'on', true)");
    // Also keeps out new rows that refer to them.
    await client.query("select id from incidents where id = any($1) order by id for update", [ids]);
    const now = await readState(client, ids);
    const same = batch.filter(({ id, sha256, large }) => now.get(id) === `${sha256} ${large}`).map(({ id }) => id);
    const { rowCount } = await client.query("delete from incidents where id = any($1)", [same]);
    return { deleted: rowCount ?? 0, left: [...now.keys()].filter((id) => !same.includes(id)) };
  };
  return tryAgain(() => inTransaction(pool, "begin isolation level repeatable read", remove), {
    ...BUSY,
    otherwise: () => ({ deleted: 0, left: ids }),
  });
}

/** Of each incident that is still there: the hash of its line and its large tables, as the manifest has them. */
async function readState(client: pg.PoolClient, ids: readonly string[]): Promise<Map<string, string>> {
  const children = await findIncidentChildren(client);
  const { rows: lines } = await client.query<{ id: string; sha256: string }>(
    `select id, encode(sha256(convert_to(line, 'UTF8')), 'hex') as sha256 from (${incidentLines(children)}) found`,
    [ids],
  );
  const { rows: large } = await client.query<{ id: string; large: string }>(largeDigests(children), [ids]);
  const digests = new Map(large.map((row) => [row.id, row.large]));
  return new Map(lines.map(({ id, sha256 }) => [id, `${sha256} ${digests.get(id) ?? ""}`]));
}

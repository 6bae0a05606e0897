import type pg from "pg";

/** What each document calls a canonical status of an incident. */
export interface StatusWords {
  readonly canonical: string;
  readonly autopsy: string;
  readonly triage: string;
  readonly diagnosis: string;
  readonly tracking: string;
}

/** Every canonical status, in the order of the CHECK that allows them. */
const STATUSES = `
select array(select m[1] from regexp_matches(pg_get_constraintdef(oid), '''([^'']+)''::', 'g') m) as statuses
from pg_constraint where conrelid = 'public.incidents'::regclass and conname = 'incidents_status_check'`;

/** Asks the four views what they call each status, by rows that are rolled back. */
export async function readStatusWords(pool: pg.Pool): Promise<readonly StatusWords[]> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const { rows } = await client.query<{ statuses: string[] }>(STATUSES);
    await client.query(`
      with owner as (insert into users (github_login) values ('page') returning id),
      project as (insert into projects (project_id, owner_id, name, ingest_api_key) select 'page', id, 'page', 'page' from owner returning id)
      select set_config('page.project', id::text, true) from project`);
    await client.query(
      `insert into incidents (incident_id, project_id, source, status, severity, title, error_message, environment, occurred_at, window_start, window_end)
       select 'page' || status, current_setting('page.project')::uuid, 'manual', status, 'low', '', '', '', now(), now(), now() from unnest($1::text[]) status`,
      [rows[0]?.statuses ?? []],
    );
    const words = await client.query<StatusWords>(
      `select i.status as canonical, a.status as autopsy, t.status as triage, d.status as diagnosis, k.status as tracking
       from incidents i join autopsy.incidents a on a.id = i.incident_id join triage.incidents t on t.incident_id = i.id
       join diagnosis.incidents d on d.incident_id = i.id join tracking.incidents k on k.id = i.id
       where i.project_id = current_setting('page.project')::uuid order by array_position($1::text[], i.status::text)`,
      [rows[0]?.statuses ?? []],
    );
    return words.rows;
  } finally {
    await client.query("rollback");
    client.release();
  }
}

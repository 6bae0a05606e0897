import { randomUUID } from "node:crypto";
import type pg from "pg";
import { toPublicId } from "../../server/src/platform/ids/ids.ts";

/** A project of many and the person who may see it. */
export interface ManyProject {
  readonly projectId: string;
  readonly ownerId: string;
}

/**
 * Writes `incidents` incidents of the last ninety days into `projects` new projects of one owner each, of which the first
 * has half of them, with their counters and services, and statistics afterwards. Most are resolved, as in a database that
 * is a season old. As the owner of the tables; secondary indexes are built at the end, which is several times faster.
 */
export async function fillManyIncidents(
  client: pg.ClientBase,
  { incidents, projects }: { readonly incidents: number; readonly projects: number },
): Promise<ManyProject[]> {
  await client.query("begin");
  const { rows } = await client.query<ManyProject>(FILL_PROJECTS, [projects]);
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(`
    select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
    where indrelid = 'incidents'::regclass and not indisunique`);
  for (const { name } of indexes) await client.query(`drop index ${name}`);
  // The rows are right by construction; checking a million references one by one is not what anybody measures.
  await client.query("set local session_replication_role = replica");
  await client.query("set local maintenance_work_mem = '256MB'");
  const projectIds = rows.map(({ projectId }) => projectId);
  for (let first = 0; first < incidents; first += CHUNK) {
    const chunk = Array.from({ length: Math.min(CHUNK, incidents - first) }, (_, i) => makeKeys(first + i, incidents));
    await client.query(FILL_INCIDENTS, [
      projectIds,
      chunk.map(({ n }) => n),
      chunk.map(({ at }) => at),
      chunk.map(({ id }) => id),
      chunk.map(({ id }) => toPublicId("inc", id)),
    ]);
  }
  await client.query(`
    insert into incident_counters (incident_id, project_id, occurrence_count, first_seen_at, last_seen_at)
    select id, project_id, 1 + hashtext(id::text) & 1023, created_at, created_at + interval '1 hour' from incidents`);
  for (const { definition } of indexes) await client.query(definition);
  await client.query("commit");
  await client.query("vacuum (analyze) incidents, incident_counters, projects, services");
  return rows;
}

const CHUNK = 50_000;
const SEASON_MS = 90 * 86_400_000;

/** The time of the n-th incident, and a version 7 UUID of that time, so that keys grow as they do in life. */
function makeKeys(n: number, count: number): { n: number; at: string; id: string } {
  const atMs = Math.floor(Date.now() - SEASON_MS * (1 - n / count));
  const time = atMs.toString(16).padStart(12, "0");
  const id = `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
  return { n, at: new Date(atMs).toISOString(), id };
}

const FILL_PROJECTS = `
  with made as (
    select gen_random_uuid() as project_id, gen_random_uuid() as owner_id, n from generate_series(1, $1::int) n
  ), owners as (
    insert into users (id, github_login) select owner_id, 'owner-' || n from made
  ), projects as (
    insert into projects (id, project_id, owner_id, name, ingest_api_key)
    select project_id, 'proj_' || project_id, owner_id, 'many ' || n || ' ' || project_id, 'culprit_ingest_' || project_id from made
  ), services as (
    insert into services (service_id, project_id, namespace, service_name)
    select project_id, project_id, 'production', 'shop' from made
  )
  select project_id as "projectId", owner_id as "ownerId" from made order by n`;

const FILL_INCIDENTS = `
  insert into incidents (id, incident_id, project_id, service_id, source, status, severity, title, detector, error_type,
    error_message, stack_trace, file_path, line_number, trace_id, commit_sha, environment, occurred_at, window_start,
    window_end, resolved_at, created_at, updated_at)
  select id, public_id, project_id, project_id, 'sentry', status,
    (array['critical', 'high', 'medium', 'low'])[1 + n % 4], 'TypeError: failure ' || n, 'exception', 'TypeError',
    'Cannot read properties of undefined (reading ''price'') in cart ' || n, E'TypeError: failure\\n    at total (src/cart.js:13:25)',
    'src/cart.js', 1 + n % 400, md5(n::text), encode(sha256((n % 500)::text::bytea), 'hex'), 'production', at, at,
    at + interval '1 hour', case status when 'resolved' then at + interval '1 day' end, at, at
  from (
    select k.*, ($1::uuid[])[case when n % 2 = 0 then 1 else 1 + (n / 2) % cardinality($1::uuid[]) end] as project_id,
      -- Few are open: the gate decides within a second.
      case when n % 1009 = 0 then 'open' when n % 100 < 85 then 'resolved' when n % 100 < 90 then 'suppressed'
        when n % 100 < 96 then 'diagnosed' when n % 100 < 99 then 'pr_created' else 'failed' end as status
    from unnest($2::int[], $3::timestamptz[], $4::uuid[], $5::text[]) as k(n, at, id, public_id)
  ) rows`;

import type pg from "pg";
import type { ChildTable } from "./incident-children.ts";

/** One text for one state, on every server and in every session. */
export async function fixTextForms(client: pg.PoolClient): Promise<void> {
  await client.query(
    "set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'iso_8601'; set local bytea_output = 'hex'; set local extra_float_digits = 1; set local search_path = public; set local row_security = off",
  );
}

/**
 * The line of each incident in `$1`: the documented archive (`row_to_json` of the incident with `root_cause` and
 * `patch_diff`), and under `children` every row that a delete would take along, table by table.
 */
export function incidentLines(children: readonly ChildTable[]): string {
  const nested = children
    .filter(({ isLarge }) => !isLarge)
    .map(
      ({ name, rows }) =>
        // Not json_agg, which breaks the line between two records.
        `'${name}', (select coalesce(array_to_json(array_agg(r order by r::text collate "C")), '[]') from (${rows}) r)`,
    );
  const hasAutopsies = children.some(({ name }) => name === "autopsy_results");
  const autopsy = hasAutopsies ? "a.root_cause, a.patch_diff, " : "";
  return `
select i.id::text as id, row_to_json(t)::text as line from incidents i cross join lateral (
  select i.*, ${autopsy}json_build_object(${nested.join(", ")}) as children
  from (select 1) one ${hasAutopsies ? "left join autopsy_results a on a.incident_id = i.id" : ""}) t
where i.id = any($1) order by i.id`;
}

/** The rows of the large tables, each a line of its own: a noisy incident has too many for one. */
export function largeLines({ name, rows }: ChildTable): string {
  return `
select json_build_object('table', '${name}', 'incident', i.id, 'row', row_to_json(r))::text as line
from incidents i cross join lateral (${rows}) r where i.id = any($1) order by i.id`;
}

/** What the large tables hold of each incident, as one text: counts, and a sum of hashes that no order changes. */
export function largeDigests(children: readonly ChildTable[]): string {
  const parts = children
    .filter(({ isLarge }) => isLarge)
    .map(
      ({ name, rows }) =>
        `'${name}:' || (select count(*) || ':' || coalesce(sum(hashtextextended(r::text, 0)::numeric), 0) from (${rows}) r)`,
    );
  return `select i.id::text as id, concat_ws(' ', ${parts.length === 0 ? "''" : parts.join(", ")}) as large from incidents i where i.id = any($1)`;
}

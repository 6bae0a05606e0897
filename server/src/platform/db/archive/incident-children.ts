import type pg from "pg";

/** A table whose rows go when their incident goes, and how its rows are found. */
export interface ChildTable {
  /** As SQL takes it without quotes, for people and as a key: `incident_reports`. */
  readonly name: string;
  /** SQL of all rows of the incident `i`, as a subquery. */
  readonly rows: string;
  /** Partitioned, so that one incident may have very many rows. */
  readonly isLarge: boolean;
}

interface Cascade {
  readonly child: string;
  readonly parent: string;
  readonly childColumns: readonly string[];
  readonly parentColumns: readonly string[];
  readonly isPartitioned: boolean;
}

/** Every foreign key that carries a delete on, except a table's own to itself. */
const CASCADES = `
select f.conrelid::regclass::text as child, f.confrelid::regclass::text as parent, c.relkind = 'p' as "isPartitioned",
  array(select quote_ident(attname) from unnest(f.conkey) with ordinality k(number, place)
    join pg_attribute on attrelid = f.conrelid and attnum = number order by place) as "childColumns",
  array(select quote_ident(attname) from unnest(f.confkey) with ordinality k(number, place)
    join pg_attribute on attrelid = f.confrelid and attnum = number order by place) as "parentColumns"
from pg_constraint f join pg_class c on c.oid = f.conrelid
where f.contype = 'f' and f.confdeltype = 'c' and f.conparentid = 0 and f.conrelid <> f.confrelid and not c.relispartition
order by 1, f.conname`;

/**
 * The tables that hold parts of an incident, by the foreign keys of the catalogue, however deep: what a delete of the
 * incident takes along, and so what its archive must hold.
 */
export async function findIncidentChildren(client: pg.PoolClient): Promise<ChildTable[]> {
  const { rows: cascades } = await client.query<Cascade>(CASCADES);
  const names = reachable(cascades);
  return names.map((name) => {
    const predicates = predicatesOf(name, "c", cascades, new Set([name]));
    // A row that is reached by two ways counts once; each way keeps its own index, which an OR would not.
    const branches = predicates.map((predicate, at) =>
      [
        `select c.* from ${name} c where ${predicate}`,
        ...predicates.slice(0, at).map((one) => `(${one}) is not true`),
      ].join(" and "),
    );
    return {
      name,
      rows: branches.join(" union all "),
      isLarge: cascades.some(({ child, isPartitioned }) => child === name && isPartitioned),
    };
  });
}

function reachable(cascades: readonly Cascade[]): string[] {
  const found = new Set(["incidents"]);
  // A set is walked in the order of adding, with what is added meanwhile.
  for (const parent of found) for (const { child } of cascades.filter((one) => one.parent === parent)) found.add(child);
  found.delete("incidents");
  return [...found].sort();
}

/** One condition for each way from the row `alias` of `table` up to the incident `i`. */
function predicatesOf(table: string, alias: string, cascades: readonly Cascade[], seen: ReadonlySet<string>): string[] {
  return cascades
    .filter(({ child, parent }) => child === table && !seen.has(parent))
    .flatMap(({ parent, childColumns, parentColumns }) => {
      const own = childColumns.map((column) => `${alias}.${column}`);
      if (parent === "incidents") return [own.map((column, at) => `${column} = i.${parentColumns[at]}`).join(" and ")];
      const above = `${alias}p`;
      return predicatesOf(parent, above, cascades, new Set([...seen, parent])).map(
        (predicate) =>
          `(${own.join(", ")}) in (select ${parentColumns.map((column) => `${above}.${column}`).join(", ")} from ${parent} ${above} where ${predicate})`,
      );
    });
}

/** A schema as a database describes it: each object by name (`public.orders`, `public.orders.total`, `public.orders index orders_pkey`), in a line. */
export type SchemaObjects = Readonly<Record<string, string>>;

/** What differs of one table, as a config change says it. */
export interface TableChange {
  readonly table: string;
  readonly changes: readonly { readonly field: string; readonly old_value?: string; readonly new_value?: string }[];
}

const CHANGES_MAX = 200;

/** What differs between two looks at a schema, a change for each table, at most 200 fields of each. In the order of their names. */
export function diffSchemas(before: SchemaObjects, after: SchemaObjects): TableChange[] {
  const tables = new Map<string, TableChange["changes"][number][]>();
  for (const name of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
    const [was, is] = [before[name], after[name]];
    if (was === is) continue;
    const table = tableOf(name);
    const changes = tables.get(table) ?? [];
    if (changes.length < CHANGES_MAX)
      changes.push({
        field: name.slice(0, 255),
        ...(was === undefined ? {} : { old_value: was.slice(0, 500) }),
        ...(is === undefined ? {} : { new_value: is.slice(0, 500) }),
      });
    tables.set(table, changes);
  }
  return [...tables].map(([table, changes]) => ({ table, changes }));
}

/** `schema.table` of an object's name. */
function tableOf(name: string): string {
  return (name.split(" ")[0] ?? name).split(".").slice(0, 2).join(".");
}

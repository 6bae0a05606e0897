import type { ForeignKey, Relation } from "./read-catalogue.ts";

/**
 * A Mermaid diagram of tables with their keys and references. Tables of other areas that they refer to, found among `all`,
 * stand in it by name alone, and what those refer back to. The references to `projects` are left out, except where it is
 * one of the tables: every tenant table has one.
 */
export function entityDiagram(tables: readonly Relation[], all: readonly Relation[]): string {
  const names = new Set(tables.map(({ name }) => name));
  const isShown = ({ target }: ForeignKey) => target !== "projects" || names.has("projects");
  const targets = new Set(tables.flatMap(({ foreignKeys }) => foreignKeys.filter(isShown).map(({ target }) => target)));
  const neighbours = all.filter(({ schema, name }) => schema === "public" && targets.has(name) && !names.has(name));
  const entities = tables.map((table) => {
    const isReference = (column: string) => table.foreignKeys.some(({ columns }) => columns.includes(column));
    const keys = table.columns.flatMap(({ name, type }) => {
      const marks = [...(table.primaryKey.includes(name) ? ["PK"] : []), ...(isReference(name) ? ["FK"] : [])];
      return marks.length === 0 ? [] : [`    ${wordOf(type)} ${name} ${marks.join(", ")}`];
    });
    return keys.length === 0 ? `  ${table.name}` : [`  ${table.name} {`, ...keys, "  }"].join("\n");
  });
  const edges = [...tables, ...neighbours].flatMap(({ name, foreignKeys }) =>
    foreignKeys
      .filter((key) => isShown(key) && (names.has(name) || names.has(key.target)))
      .map((key) => `  ${key.target} ${cardinality(key)} ${name} : "${ownColumn(key)}"`),
  );
  return ["```mermaid", "erDiagram", ...entities, ...edges, "```"].join("\n");
}

/** The referred row (one, or none where the column may be null) and the referring rows (at most one, or many). */
function cardinality({ isNullable, isUnique }: ForeignKey): string {
  return `${isNullable ? "|o" : "||"}--${isUnique ? "o|" : "o{"}`;
}

function ownColumn({ columns }: ForeignKey): string {
  return columns.filter((column) => columns.length === 1 || column !== "project_id").join(", ");
}

/** Mermaid takes one word for a type. */
function wordOf(type: string): string {
  return type.replace(/\(.*\)/, "").replaceAll(" ", "_");
}

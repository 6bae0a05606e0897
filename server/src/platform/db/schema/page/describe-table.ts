import { describeAccess } from "./describe-access.ts";
import { describeLifetime } from "./describe-lifetime.ts";
import { code, details, headingOf, linkTo, plain, table } from "./markdown.ts";
import type { ForeignKey, Relation } from "./read-catalogue.ts";
import { shortTypes } from "./short-types.ts";

/** A table or view: purpose, documents, columns, who sees it, how long it stays, keys and indexes. */
export function describeTable(relation: Relation): string {
  const { purpose, documents, kind } = relation;
  const isTable = kind === "table";
  const heading = [`### ${headingOf(relation)}`, `${plain(purpose)} From ${documents.join(", ")}.`];
  const facts = [`**Who sees it.** ${describeAccess(relation)}`, `**How long.** ${describeLifetime(relation)}`];
  const keys = keysOf(relation);
  return [
    ...heading,
    columnTable(relation),
    ...(isTable ? [facts.join("<br>\n")] : []),
    ...(keys.length === 0 ? [] : [details(isTable ? "Keys, checks, indexes" : "Indexes", keys.join("\n"))]),
  ].join("\n\n");
}

/** The columns of a table or view. */
export function columnTable({ columns, primaryKey, kind }: Relation): string {
  const isTable = kind === "table";
  return table(
    ["column", "type", ...(isTable ? ["null"] : []), "meaning"],
    columns.map(({ name, type, isNullable, comment }) => [
      primaryKey.includes(name) ? `**${code(name)}**` : code(name),
      plain(type),
      ...(isTable ? [isNullable ? "yes" : ""] : []),
      plain(comment),
    ]),
  );
}

function keysOf({ primaryKey, foreignKeys, constraints, indexes, triggers }: Relation): string[] {
  return [
    ...(primaryKey.length === 0 ? [] : [`- primary key ${code(primaryKey.join(", "))}`]),
    ...foreignKeys.map((key) => `- ${reference(key)}`),
    ...constraints.map((definition) => `- ${code(readable(definition))}`),
    ...indexes.map((definition) => `- index ${code(readable(definition))}`),
    ...triggers.map((name) => `- trigger ${code(`${name}()`)}`),
  ];
}

function reference({ columns, target, targetColumns, onDelete }: ForeignKey): string {
  const then = onDelete === "" ? "refuses a delete" : `on delete ${onDelete.toLowerCase()}`;
  return `${code(columns.join(", "))} refers to ${linkTo({ name: target })} (${targetColumns.map(code).join(", ")}), ${then}`;
}

/** A definition without the casts of texts that PostgreSQL adds. */
function readable(definition: string): string {
  return shortTypes(definition).replaceAll(/::(text|varchar)(\(\d+\))?(\[\])?/g, "");
}

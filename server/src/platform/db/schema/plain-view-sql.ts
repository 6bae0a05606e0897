/**
 * A view's definition without the table names before its columns: PostgreSQL 15 prints `incidents.status` where 16 and later print
 * `status`. Good for comparing and reading, not for running.
 */
export function plainViewSql(definition: string): string {
  const qualifiers = [
    ...definition.matchAll(
      /\b(?:FROM|JOIN)\s+\(*\s*(?:[a-z_0-9]+\.)?([a-z_0-9]+)(?:\s+(?!on\b|where\b|join\b|left\b|group\b|order\b)([a-z_0-9]+))?/gi,
    ),
  ];
  const names = new Set(qualifiers.flatMap(([, table, alias]) => [table, alias]).filter((name) => name !== undefined));
  if (names.size === 0) return definition;
  return definition.replaceAll(new RegExp(`(?<![.\\w])(?:${[...names].join("|")})\\.(?=[a-z_"])`, "g"), "");
}

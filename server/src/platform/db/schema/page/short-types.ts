/** PostgreSQL's names of types as people write them: `timestamptz`, `varchar(255)`. */
export function shortTypes(sql: string): string {
  return sql
    .replaceAll("timestamp with time zone", "timestamptz")
    .replaceAll("timestamp without time zone", "timestamp")
    .replaceAll("character varying", "varchar");
}

import pg from "pg";
import { parse } from "pg-connection-string";
import type { SchemaObjects } from "../../analysis/change/schema-diff.ts";
import type { SchemaReader } from "../../domains/change/schema/schema-port.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { addressRule } from "../../platform/http-client/address-rule.ts";
import { checkedAddresses, lookupAll } from "../../platform/http-client/guarded-connector.ts";
import { HttpNotSent } from "../../platform/http-client/http-client.ts";

const CONNECT_MS = 10_000;
const STATEMENT_MS = 20_000;
const OBJECTS_MAX = 50_000;

/** Tables, columns, constraints and indexes of everybody's schemas, as `information_schema` and `pg_indexes` tell them. */
const question = `
  SELECT format('%s.%s.%s', table_schema, table_name, column_name) AS name,
    concat_ws(' ', data_type, CASE WHEN is_nullable = 'NO' THEN 'not null' END, CASE WHEN column_default IS NOT NULL THEN 'default ' || column_default END) AS definition
  FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_schema NOT LIKE 'pg\\_%'
  UNION ALL
  SELECT format('%s.%s', table_schema, table_name), lower(table_type)
  FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_schema NOT LIKE 'pg\\_%'
  UNION ALL
  SELECT format('%s.%s constraint %s', table_schema, table_name, constraint_name), lower(constraint_type)
  FROM information_schema.table_constraints
  WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_schema NOT LIKE 'pg\\_%' AND constraint_name !~ '^\\d+_\\d+_\\d+_not_null$'
  UNION ALL
  SELECT format('%s.%s index %s', schemaname, tablename, indexname), indexdef
  FROM pg_indexes WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND schemaname NOT LIKE 'pg\\_%'
  ORDER BY 1 LIMIT ${OBJECTS_MAX + 1}`;

/** Reads schemas of PostgreSQL and what speaks its protocol, in a read-only transaction. `allowPrivate` is the setting `httpAllowPrivate`. */
export function schemaReader({ allowPrivate }: { readonly allowPrivate: string }): SchemaReader {
  const rule = addressRule(allowPrivate);
  return {
    async read(url, signal) {
      if (!/^postgres(?:ql)?:\/\//.test(url) || !URL.canParse(url))
        throw new CulpritError(
          "INVALID_REQUEST",
          "The database's address is none: postgresql://user:password@host:5432/name.",
        );
      const { hostname } = new URL(url);
      const [address] = await checkedAddresses(hostname, rule, lookupAll).catch((cause: unknown) => {
        if (cause instanceof HttpNotSent)
          throw new CulpritError("WATCHED_DATABASE_UNAVAILABLE", cause.message, { cause });
        throw cause;
      });
      const settings = parse(url);
      const client = new pg.Client({
        ...{
          host: address ?? hostname,
          port: Number(settings.port ?? 5432),
          database: settings.database ?? "postgres",
        },
        ...{ user: settings.user ?? "", password: settings.password ?? "" },
        ...{ connectionTimeoutMillis: CONNECT_MS, statement_timeout: STATEMENT_MS, query_timeout: STATEMENT_MS },
        ssl:
          settings.ssl === undefined || settings.ssl === false
            ? false
            : { ...sslOf(settings.ssl), servername: hostname },
      });
      const stop = () => void client.end().catch(() => undefined);
      signal.addEventListener("abort", stop, { once: true });
      try {
        await client.connect();
        await client.query("begin read only");
        const { rows } = await client.query<{ name: string; definition: string }>(question);
        if (rows.length > OBJECTS_MAX)
          throw new CulpritError(
            "INVALID_REQUEST",
            `The schema has more than ${OBJECTS_MAX} objects; give a user that sees fewer.`,
          );
        return Object.fromEntries(rows.map((row) => [row.name, row.definition])) satisfies SchemaObjects;
      } catch (cause) {
        if (cause instanceof CulpritError) throw cause;
        // The driver's message names host and user, never the password.
        throw new CulpritError(
          "WATCHED_DATABASE_UNAVAILABLE",
          `The database could not be read: ${cause instanceof Error ? cause.message : "no reason was given"}`,
        );
      } finally {
        signal.removeEventListener("abort", stop);
        await client.end().catch(() => undefined);
      }
    },
  };
}

function sslOf(ssl: unknown): object {
  return typeof ssl === "object" && ssl !== null ? ssl : {};
}

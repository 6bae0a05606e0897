import { createHash } from "node:crypto";
import type { ClickHouseClient } from "@clickhouse/client";
import { CulpritError } from "../../platform/errors/culprit-error.ts";

/** What Culprit asks of ClickHouse over HTTP. Every failure is ENGINE_UNAVAILABLE with ClickHouse's own words. */
export interface ClickHouse {
  rows<T>(query: string, params?: Readonly<Record<string, unknown>>): Promise<readonly T[]>;
  /** Durable when it returns; the same rows again are left out. */
  insert(table: string, rows: readonly object[]): Promise<void>;
  command(query: string): Promise<void>;
  close(): Promise<void>;
}

const REQUEST_MS = 60_000;
/** A batch of late records may be of many days. */
const PARTITIONS_MAX = 4_000;

/** A client of `http://user:password@host:8123/database`, loaded and connected when it is first used. */
export function openClickHouse(url: string): ClickHouse {
  let opened: Promise<ClickHouseClient> | undefined;
  const clientOf = () => {
    opened ??= import("@clickhouse/client").then(({ createClient }) =>
      createClient({
        ...{ url, application: "culprit", request_timeout: REQUEST_MS, max_open_connections: 10 },
        ...{ compression: { request: true, response: true }, log: { level: 127 } },
        clickhouse_settings: { output_format_json_quote_64bit_integers: 0, date_time_input_format: "best_effort" },
      }),
    );
    return opened;
  };
  const asked = async <T>(work: (client: ClickHouseClient) => Promise<T>): Promise<T> => {
    try {
      return await work(await clientOf());
    } catch (cause) {
      throw unavailable(cause, url);
    }
  };
  return {
    rows: <T>(query: string, params: Readonly<Record<string, unknown>> = {}) =>
      asked(async (client) => {
        const result = await client.query({ query, query_params: { ...params }, format: "JSONEachRow" });
        return result.json<T>();
      }),
    insert: async (table, rows) => {
      if (rows.length === 0) return;
      const token = createHash("md5");
      for (const row of rows) token.update(JSON.stringify(row));
      await asked((client) =>
        client.insert({
          ...{ table, values: [...rows], format: "JSONEachRow" },
          clickhouse_settings: {
            insert_deduplicate: 1,
            insert_deduplication_token: token.digest("hex"),
            max_partitions_per_insert_block: String(PARTITIONS_MAX),
          },
        }),
      );
    },
    command: (query) => asked(async (client) => void (await client.command({ query }))),
    close: async () => {
      await (await opened)?.close();
    },
  };
}

/** With the address and without the password. */
function unavailable(cause: unknown, url: string): CulpritError {
  const said = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
  const host = URL.parse(url)?.host ?? "its address";
  return new CulpritError(
    "ENGINE_UNAVAILABLE",
    `ClickHouse at ${host} did not do what it was asked: ${said || "no connection"}. Check CLICKHOUSE_URL and that it runs.`,
    { details: { provided: host }, cause },
  );
}

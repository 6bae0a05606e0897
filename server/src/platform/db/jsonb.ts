import type { ColumnType } from "kysely";

/** A value of JSON. */
export type JsonValue = boolean | null | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * A jsonb column: parsed when read, written as `JSON.stringify(value)`. Written as text only, because the driver turns
 * a bare array into a PostgreSQL array, which fails at run time.
 */
export type Jsonb = ColumnType<JsonValue, string, string>;

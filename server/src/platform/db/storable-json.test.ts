import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { storableJson } from "./storable-json.ts";

let postgres: TestDatabase;
beforeAll(async () => {
  postgres = await createTestDatabase();
});
afterAll(() => postgres.drop());

const high = "😀".slice(0, 1);

test("PostgreSQL stores any JSON value without its NULs and lone surrogates, in keys and depths too", async () => {
  const value = { [`a\0${high}`]: [`b\0c`, { d: `e${high}` }, null, 1, true], whole: "😀 \\u0000" };
  const stored = storableJson(value);
  expect(stored).toEqual({ "a\uFFFD": ["bc", { d: "e\uFFFD" }, null, 1, true], whole: "😀 \\u0000" });
  const { rows } = await sql<{ back: unknown }>`SELECT ${JSON.stringify(stored)}::jsonb AS back`.execute(
    postgres.database.db,
  );
  expect(rows[0]?.back).toEqual(stored);
});

test("a text, a number and nothing at all are values too", () => {
  expect([storableJson("a\0"), storableJson(1), storableJson(null), storableJson(undefined)]).toEqual([
    "a",
    1,
    null,
    undefined,
  ]);
});

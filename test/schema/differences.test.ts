import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEVIATIONS } from "../../server/src/platform/db/schema/deviations.ts";
import { createTestDatabase, type TestDatabase } from "../database/create-test-database.ts";
import { DOCUMENTED_WORDS } from "./documented-words.ts";
import { type Difference, findDifferences } from "./find-differences.ts";
import { thenUndone } from "./within-schema.ts";

let own: TestDatabase;
let found: readonly Difference[];
beforeAll(async () => {
  own = await createTestDatabase();
  found = await findDifferences(own.database.pool);
});
afterAll(() => own.drop());

test("every difference from a document's definitions is a listed deviation with its reason, and every listed one exists", () => {
  const listed = DEVIATIONS.flatMap(({ document, covers = [] }) => covers.map((name) => `${document} ${name}`));
  const names = found.map(({ name }) => name);
  expect(names.filter((name) => !listed.includes(name))).toEqual([]);
  expect(listed.filter((name) => !names.includes(name))).toEqual([]);
  expect(listed.length).toBe(new Set(listed).size);
});

test("a deviation that the catalogue can't show names the test that holds what stands instead", () => {
  for (const { object, reason, covers, heldBy } of DEVIATIONS) {
    expect(reason, object).toMatch(/\w/);
    expect(
      [covers, heldBy].filter((one) => one !== undefined),
      object,
    ).toHaveLength(1);
    if (heldBy !== undefined)
      expect(existsSync(fileURLToPath(new URL(`../../${heldBy}`, import.meta.url))), heldBy).toBe(true);
  }
});

test("no table, view, column, function or trigger of a document is missing", () => {
  // Document 2's reference to a fault stands as one of two columns.
  expect(found.filter(({ stands }) => stands === "missing").map(({ name }) => name)).toEqual([
    "D2 incidents (fault_id) references fault_events",
  ]);
});

const folder = new URL("../../../shared/schemas/", import.meta.url);
test.skipIf(!existsSync(folder))("the definitions that are compared stand in their documents word by word", () => {
  const onOneLine = (text: string) => text.replaceAll(/\s+/g, " ").trim();
  const originals = {
    "3-workflow-engine": "3-workflow-engine.md",
    "4-diagnosis": "4-diagnosis-data-models.md",
    "5-tracking": "5-error-tracking.md",
  };
  for (const [name, file] of Object.entries(originals)) {
    const document = onOneLine(readFileSync(new URL(file, folder), "utf8"));
    const text = readFileSync(new URL(`definitions/${name}.sql`, import.meta.url), "utf8");
    for (const statement of text.split(/;\n\n/).slice(1)) {
      if (/CREATE TABLE (metric_points|anomaly_features)/.test(statement)) continue;
      expect(document).toContain(onOneLine(statement.replace(/;\n$/, "")));
    }
    for (const [definition] of document.matchAll(
      /CREATE (TABLE|UNIQUE INDEX|INDEX|TRIGGER|VIEW|OR REPLACE FUNCTION) \w+/g,
    ))
      expect(text).toContain(definition);
  }
});

test.each(DOCUMENTED_WORDS)("$column takes every word that its document lists", async ({ column, words }) => {
  const [table = "", name = ""] = column.split(".");
  const { rows } = await own.database.pool.query<{ definition: string }>(
    `select pg_get_constraintdef(k.oid) as definition from pg_constraint k
     join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any(k.conkey)
     where k.conrelid = $1::regclass and k.contype = 'c' and a.attname = $2 and cardinality(k.conkey) = 1`,
    [`public.${table}`, name],
  );
  for (const { definition } of rows) {
    const taken = [...definition.matchAll(/'([^']*)'/g)].map(([, word]) => word);
    expect(taken).toEqual(expect.arrayContaining([...words]));
  }
  const { rows: columns } = await own.database.pool.query(
    "select 1 from pg_attribute where attrelid = $1::regclass and attname = $2",
    [`public.${table}`, name],
  );
  expect(columns).toHaveLength(1);
});

test("a cluster and a fault type are any text of 1 to 255 characters without control characters", async () => {
  for (const [table, column] of [
    ["fault_events", "cluster"],
    ["fault_events", "fault_type"],
    ["incidents", "cluster"],
    ["incidents", "fault_type"],
  ]) {
    await thenUndone(own.database.pool, async (client) => {
      await client.query("set local search_path to public");
      const { rows } = await client.query(
        `select pg_get_constraintdef(oid) as definition from pg_constraint where conname = 'chk_${table}_${column}'`,
      );
      await client.query(`create temporary table probe (${column} varchar(255) ${rows[0].definition})`);
      await client.query("insert into probe values ('prod-us-east-1'), ('Ein neuer Fehler: №1'), (repeat('x', 255))");
      for (const bad of ["", "a\nb", "tab\there", "\u007f", "x".repeat(256)]) {
        await client.query("savepoint bad");
        await expect(client.query("insert into probe values ($1)", [bad]), JSON.stringify(bad)).rejects.toThrow();
        await client.query("rollback to bad");
      }
    });
  }
});

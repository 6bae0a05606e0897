import { readdirSync, readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../../../../test/database/create-test-database.ts";
import { fillProject, makeOldLogPartitions } from "../../../../../../test/schema/fill-every-table.ts";
import { DEVIATIONS } from "../deviations.ts";
import { DOCUMENTS } from "./documents.ts";
import { anchorOf } from "./markdown.ts";
import { compareSchemaPage } from "./write-schema-page.ts";

const migrated = await createTestDatabase();
const { pool } = migrated.database;
afterAll(() => migrated.drop());
const { stands, wanted } = await compareSchemaPage(pool);

test("docs/schema.md tells what the migrations make", () => {
  expect(wanted, "run `node server/src/platform/db/generate-tables.ts` and commit what it writes").toBe(stands);
});

test("every link within the page leads to a heading, and no two headings share an anchor", () => {
  const anchors = [...wanted.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => anchorOf(heading ?? ""));
  expect(anchors.filter((anchor, at) => anchors.indexOf(anchor) !== at)).toEqual([]);
  const links = [...wanted.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor ?? "");
  expect(links.length).toBeGreaterThan(150);
  expect(links.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
});

test("policies are told in words: no table's access is a piece of SQL", () => {
  expect(wanted.match(/rows where `.*`/g) ?? []).toEqual([]);
});

test("diagrams hold only what Mermaid's grammar of entities takes", () => {
  const diagrams = [...wanted.matchAll(/```mermaid\nerDiagram\n([\s\S]*?)```/g)].map(([, body]) => body ?? "");
  expect(diagrams.length).toBeGreaterThanOrEqual(11);
  const line =
    /^( {2}\w+( \{)?| {4}[a-z_]+ \w+ (PK|FK|PK, FK)| {2}\}| {2}\w+ (\|\||\|o)--(o\{|o\|) \w+ : "[a-z_, ]+")$/;
  const strange = diagrams.flatMap((body) => body.trimEnd().split("\n")).filter((one) => !line.test(one));
  expect(strange).toEqual([]);
});

test("each document's example answers in its words, to the owner and to a tenant", async () => {
  await makeOldLogPartitions(pool);
  const { ownerId } = await fillProject(pool, "arin");
  const client = await pool.connect();
  try {
    for (const role of ["none", "culprit_tenant"]) {
      for (const { id, schema, example } of DOCUMENTS) {
        await client.query("begin");
        await client.query("select set_config('culprit.user_id', $1, true)", [ownerId]);
        await client.query(`set local role ${role}; set local search_path to ${schema}`);
        const { rows } = await client.query(example.sql);
        await client.query("rollback");
        expect(rows.length, `${id} as ${role}`).toBeGreaterThan(0);
        expect(wanted).toContain(`SET search_path TO ${schema};\n${example.sql}`);
      }
    }
  } finally {
    client.release(true);
  }
});

test("every deviation stands once, and what it says of the schema stands in the migrations", () => {
  for (const { reason } of DEVIATIONS) expect(reason).toMatch(/\.$/);
  const keys = DEVIATIONS.map(({ document, object }) => `${document} ${object}`);
  expect(new Set(keys).size).toBe(keys.length);
  expect(DEVIATIONS.length).toBeGreaterThan(30);
  const migrations = new URL("../../../../../migrations/", import.meta.url);
  const sql = readdirSync(migrations)
    .map((name) => readFileSync(new URL(name, migrations), "utf8"))
    .join("\n");
  const named = DEVIATIONS.flatMap(({ stands }) =>
    [...stands.matchAll(/`([a-z_]+(?:\.[a-z_]+)?)`/g)].map(([, one]) => one ?? ""),
  );
  const missing = named.filter((one) => !sql.includes(one) && !/^(relname|indexrelname|\w+_exec_time)$/.test(one));
  expect(missing).toEqual([]);
});

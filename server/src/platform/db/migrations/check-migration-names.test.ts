import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { checkMigrationNames } from "./check-migration-names.ts";
import { MIGRATIONS_FOLDER } from "./migration-files.ts";

const pair = (id: string) => [`${id}.up.sql`, `${id}.down.sql`];

test("Culprit's own migrations have proper names", async () => {
  expect(checkMigrationNames(await readdir(MIGRATIONS_FOLDER))).toEqual([]);
});

test.each([
  [
    "two with one timestamp",
    [...pair("20260101000000_one"), ...pair("20260101000000_two")],
    /same timestamp as 20260101000000_one/,
  ],
  [
    "two with one name",
    [...pair("20260101000000_one"), ...pair("20260101000001_one")],
    /same name as 20260101000000_one/,
  ],
  ["no down file", ["20260101000000_one.up.sql"], /down file is missing/],
  ["no up file", ["20260101000000_one.down.sql"], /up file is missing/],
  ["another form of name", ["1_One.sql"], /1_One\.sql: name it/],
])("finds %s", (_what, files, problem) => {
  const problems = checkMigrationNames(files);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(problem);
});

import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkMigrationNames } from "./check-migration-names.ts";
import { newMigration } from "./new-migration.ts";

const folder = await mkdtemp(join(tmpdir(), "culprit-new-migration-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const now = new Date("2026-03-04T05:06:07.890Z");

test("a new migration is a well-named pair of files in UTC time, never over an existing one", async () => {
  const { upFile } = await newMigration("add_owner", { now, folder });
  expect(upFile).toBe(join(folder, "20260304050607_add_owner.up.sql"));
  expect(checkMigrationNames(await readdir(folder))).toEqual([]);
  await expect(newMigration("add_owner", { now, folder })).rejects.toMatchObject({ code: "EEXIST" });
});

test("a name that is not snake case is refused", async () => {
  await expect(newMigration("../evil", { now, folder })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
});

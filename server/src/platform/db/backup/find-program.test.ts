import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findProgram, needProgram } from "./find-program.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "culprit-program-"));
  await writeFile(join(folder, "pg_basebackup"), "#!/bin/sh\necho 'pg_basebackup (PostgreSQL) 41.2'\n");
  await chmod(join(folder, "pg_basebackup"), 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a program is taken from the PATH when its version does, a newer one only where that is fine", async () => {
  const wanted = { name: "pg_basebackup", path: `/nowhere:${folder}` } as const;
  const program = join(folder, "pg_basebackup");
  expect(await findProgram({ ...wanted, major: 41, isNewerFine: false })).toBe(program);
  expect(await findProgram({ ...wanted, major: 40, isNewerFine: true })).toBe(program);
  expect(await findProgram({ ...wanted, major: 40, isNewerFine: false })).toBeNull();
  expect(await findProgram({ ...wanted, major: 42, isNewerFine: true })).toBeNull();
});

test("a missing program is named with its version, where it was looked for, and the package that brings it", async () => {
  await expect(
    needProgram({ name: "pg_basebackup", major: 42, isNewerFine: true, path: folder }),
  ).rejects.toMatchObject({
    code: "NOT_FOUND",
    message:
      "pg_basebackup of PostgreSQL 42 or newer is missing on this machine (looked in the PATH and in /usr/lib/postgresql/*/bin). On Debian and Ubuntu: apt-get install postgresql-client-42",
  });
});

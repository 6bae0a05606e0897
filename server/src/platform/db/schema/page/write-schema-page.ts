import { readFile, writeFile } from "node:fs/promises";
import type pg from "pg";
import { schemaPage } from "./schema-page.ts";

const PAGE = new URL("../../../../../../docs/schema.md", import.meta.url);
const GENERATED = /(?<=<!-- generated -->\n)[\s\S]*(?=<!-- \/generated -->)/;

/** docs/schema.md as it stands, and as the migrated database behind `pool` wants it. */
export async function compareSchemaPage(pool: pg.Pool): Promise<{ readonly stands: string; readonly wanted: string }> {
  const stands = await readFile(PAGE, "utf8");
  if (!GENERATED.test(stands)) throw new Error("docs/schema.md has no <!-- generated --> marks");
  const part = `${await schemaPage(pool)}\n`;
  return { stands, wanted: stands.replace(GENERATED, () => part) };
}

/** Brings docs/schema.md up to date with the migrated database behind `pool`. @returns whether it changed. */
export async function writeSchemaPage(pool: pg.Pool): Promise<boolean> {
  const { stands, wanted } = await compareSchemaPage(pool);
  if (stands === wanted) return false;
  await writeFile(PAGE, wanted);
  return true;
}

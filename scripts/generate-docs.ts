import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { errorCodes } from "@culprit/contract";
import { optionsTable } from "../server/src/platform/config/options-table.ts";
import { silentLog } from "../server/src/platform/db/database-log.ts";
import { migrateUp } from "../server/src/platform/db/migrations/migrate-up.ts";
import { openTemporaryDatabase } from "../server/src/platform/db/open-temporary-database.ts";
import { writeSchemaPage } from "../server/src/platform/db/schema/page/write-schema-page.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The parts of documents that come from code: file → text between its `generated` marks. */
export function generatedParts(): Record<string, string> {
  return { "docs/configuration.md": optionsTable(), "docs/errors.md": errorTable() };
}

function errorTable(): string {
  const rows = Object.entries(errorCodes).map(
    ([code, { status, meaning, remedy }]) => `| \`${code}\` | ${status} | ${meaning} | ${remedy} |`,
  );
  return ["| code | HTTP status | what it means | what to do |", "|---|---|---|---|", ...rows].join("\n");
}

/** A document with its generated part put in. @throws Error when the marks are missing. */
export function withGeneratedPart(document: string, part: string): string {
  const marks = /(<!-- generated -->\n)[\s\S]*?(\n<!-- \/generated -->)/;
  if (!marks.test(document)) throw new Error("the document has no <!-- generated --> marks");
  return document.replace(marks, (_all, open: string, close: string) => `${open}${part}${close}`);
}

/** The documents that are not up to date. With `write`, they are after the call. */
export function outdatedDocuments(options: { readonly write: boolean }): string[] {
  return Object.entries(generatedParts()).flatMap(([file, part]) => {
    const before = readFileSync(join(root, file), "utf8");
    const after = withGeneratedPart(before, part);
    if (after === before) return [];
    if (options.write) writeFileSync(join(root, file), after);
    return [file];
  });
}

/** Brings docs/schema.md up to date, from a database of its own that has all migrations. @returns whether it changed. */
async function writeSchemaPageAnew(): Promise<boolean> {
  const database = await openTemporaryDatabase();
  try {
    await migrateUp({ pool: database.pool, log: silentLog });
    return await writeSchemaPage(database.pool);
  } finally {
    await database.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const file of outdatedDocuments({ write: true })) console.log(`wrote ${file}`);
  if (await writeSchemaPageAnew()) console.log("wrote docs/schema.md");
}

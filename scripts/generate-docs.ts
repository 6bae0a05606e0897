import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { errorCodes } from "@culprit/contract";
import { describeActions, workflowJsonSchema } from "../server/src/domains/workflow/index.ts";
import { optionsTable } from "../server/src/platform/config/options-table.ts";
import { silentLog } from "../server/src/platform/db/database-log.ts";
import { migrateUp } from "../server/src/platform/db/migrations/migrate-up.ts";
import { openTemporaryDatabase } from "../server/src/platform/db/open-temporary-database.ts";
import { writeSchemaPage } from "../server/src/platform/db/schema/page/write-schema-page.ts";
import { loadCatalogue } from "../server/src/surfaces/actions/load-catalogue.ts";
import { actionsPage } from "../server/src/surfaces/actions-page.ts";
import { integrationsTable } from "../server/src/vendors/integrations-table.ts";
import { withGitHub } from "../server/src/vendors/providers.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

const catalogue = await loadCatalogue();

/** The parts of documents that come from code: file → text between its `generated` marks. */
export function generatedParts(): Record<string, string> {
  return {
    "docs/configuration.md": optionsTable(),
    "docs/errors.md": errorTable(),
    "docs/integrations.md": integrationsTable(withGitHub(() => Promise.reject(new Error("documents ask nobody")))),
    "docs/actions.md": `\n${actionsPage(describeActions(catalogue))}\n`,
  };
}

/** Files that come from code as a whole. */
function generatedFiles(): Record<string, string> {
  return { "docs/workflow.schema.json": `${JSON.stringify(workflowJsonSchema(catalogue), null, 2)}\n` };
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
  const wanted = [
    ...Object.entries(generatedParts()).map(([file, part]) => [file, withGeneratedPart(textOf(file), part)] as const),
    ...Object.entries(generatedFiles()),
  ];
  return wanted.flatMap(([file, text]) => {
    if (textOf(file) === text) return [];
    if (options.write) writeFileSync(join(root, file), text);
    return [file];
  });
}

function textOf(file: string): string {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
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

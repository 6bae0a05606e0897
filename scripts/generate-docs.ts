import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { errorCodes } from "@culprit/contract";
import { optionsTable } from "../server/src/platform/config/options-table.ts";

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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const file of outdatedDocuments({ write: true })) console.log(`wrote ${file}`);
}

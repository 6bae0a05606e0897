import { readFileSync } from "node:fs";

/** The documents that print statements to run. Documents 2 and 4 print none but definitions. */
export const DOCUMENTS = ["1-autopsy", "3-workflow-engine", "5-tracking"] as const;
export type DocumentName = (typeof DOCUMENTS)[number];

const SECTION = /^-- § (.+)\n([\s\S]*?)(?=^-- § |$(?![\s\S]))/gm;

/** What a document prints under each heading, as it stands in `documents/`. */
export function printedBlocks(name: DocumentName): ReadonlyMap<string, string> {
  const text = readFileSync(new URL(`documents/${name}.sql`, import.meta.url), "utf8");
  return new Map([...text.matchAll(SECTION)].map(([, heading = "", block = ""]) => [heading, block.trim()]));
}

/** The block that a document prints under `heading`; throws for a heading that is not there. */
export function printed(name: DocumentName, heading: string): string {
  const block = printedBlocks(name).get(heading);
  if (block === undefined) throw new Error(`${name} has nothing under ${JSON.stringify(heading)}`);
  return block;
}

/** The single statements of a block that has no `;` within one. */
export function statementsOf(block: string): string[] {
  return block
    .split(";")
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}

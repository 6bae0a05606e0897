import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DOCUMENTS, printedBlocks } from "./printed-statements.ts";

/** The documents themselves lie beside the repository where it is worked on. */
const folder = new URL("../../../shared/schemas/", import.meta.url);
const originals = {
  "1-autopsy": "1-autopsy-state.md",
  "3-workflow-engine": "3-workflow-engine.md",
  "5-tracking": "5-error-tracking.md",
} as const;
const onOneLine = (text: string) => text.replaceAll(/\s+/g, " ").trim();

test.skipIf(!existsSync(folder))("the printed statements stand in their documents word by word", () => {
  for (const name of DOCUMENTS) {
    const document = onOneLine(readFileSync(new URL(originals[name], folder), "utf8"));
    const blocks = printedBlocks(name);
    expect(blocks.size).toBeGreaterThan(0);
    for (const [heading, block] of blocks) expect(document, heading).toContain(onOneLine(block));
  }
});

test.skipIf(!existsSync(folder))("no SELECT, DELETE, COPY, VACUUM or GRANT of a document is left out", () => {
  for (const name of DOCUMENTS) {
    const text = onOneLine(readFileSync(new URL(originals[name], folder), "utf8"));
    // A query within an example of a stack trace, and pg_cron's own function.
    const document = text.replaceAll(/\\"SELECT |SELECT cron\.schedule\(/g, "");
    const ours = onOneLine([...printedBlocks(name).values()].join(" "));
    for (const word of ["SELECT ", "DELETE FROM", "COPY (", "VACUUM ", "GRANT ", "CREATE VIEW", "CREATE OR REPLACE"])
      expect(`${word}: ${ours.split(word).length}`).toBe(`${word}: ${document.split(word).length}`);
  }
});

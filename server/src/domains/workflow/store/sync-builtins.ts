import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { WorkflowDefinition } from "@culprit/contract";
import { sql } from "kysely";
import { culpritItself } from "../../../platform/db/audit-log.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import type { ActionTypes } from "../definition/action-types.ts";
import { parseDefinition } from "../definition/parse-definition.ts";
import { saveWorkflow } from "./save-workflow.ts";

/** The folder of the workflows that come with Culprit. */
export const builtinFolder = new URL("../../../../workflows/", import.meta.url);

/** The built-in workflows as they stand in their files, checked. @throws Error which names each problem with its line. */
export function readBuiltins(actions: ActionTypes, folder: URL = builtinFolder): readonly WorkflowDefinition[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".yml"))
    .sort();
  const texts = files.map((name) => ({ name, text: readFileSync(join(folder.pathname, name), "utf8") }));
  // Read twice: one may run another.
  const others = new Map(
    texts.flatMap(({ text }) => {
      const { definition } = parseDefinition(text, { actions, others: null });
      return definition === null ? [] : [[definition.name, definition] as const];
    }),
  );
  const problems: string[] = [];
  const definitions = texts.flatMap(({ name, text }) => {
    const checked = parseDefinition(text, { actions, others });
    const errors = checked.problems.filter(({ severity }) => severity === "error");
    problems.push(
      ...errors.map(({ line, column, field, message }) => `${name}:${line}:${column} ${field}: ${message}`),
    );
    return checked.definition === null ? [] : [checked.definition];
  });
  if (problems.length > 0) throw new Error(`Workflows that come with Culprit are wrong:\n${problems.join("\n")}`);
  return definitions;
}

/**
 * Brings the built-in workflows in the database to what their files say: new ones, a further version of changed ones, and
 * those that are no more become archived. Repeating it changes nothing; of several processes one does it.
 * @returns how many changed.
 */
export async function syncBuiltins(
  database: Database,
  actions: ActionTypes,
  definitions: readonly WorkflowDefinition[] = readBuiltins(actions),
): Promise<number> {
  return database.transaction(async (tx) => {
    await sql`SELECT pg_advisory_xact_lock(hashtextextended('built-in workflows', 0))`.execute(tx);
    let changed = 0;
    for (const definition of definitions) {
      const saved = await saveWorkflow(tx, {
        projectId: null,
        definition,
        by: culpritItself,
        source: { kind: "builtin" },
      });
      if (saved.isChanged) changed += 1;
    }
    const { numAffectedRows } = await sql`
      UPDATE workflows SET status = 'archived' WHERE project_id IS NULL AND status <> 'archived'
        AND name <> ALL(${definitions.map(({ name }) => name)}::text[])`.execute(tx);
    return changed + Number(numAffectedRows ?? 0);
  });
}

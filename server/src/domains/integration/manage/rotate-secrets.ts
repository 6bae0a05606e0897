import { sql } from "kysely";
import type { Database } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { SecretBox } from "../../../platform/secrets/secret-box.ts";

/** Every column that holds a sealed text, what its row is called, and what it is bound to, as SQL over the row. */
const sealedColumns = [
  {
    table: "integrations",
    column: "credentials_encrypted",
    bind: "'integration:' || id",
    name: "'the integration ' || name",
  },
  {
    table: "workflow_triggers",
    column: "secret_encrypted",
    bind: "'workflow_trigger:' || id",
    name: "'the webhook trigger ' || id",
  },
  {
    table: "workflow_secrets",
    column: "value_encrypted",
    bind: "'workflow_secret:' || project_id || ':' || name",
    name: "'the workflow secret ' || name",
  },
  {
    table: "github_apps",
    column: "credentials_encrypted",
    bind: "'github_app:' || github_app_id",
    name: "'the GitHub App ' || slug",
  },
] as const;

export interface RotatedSecrets {
  readonly sealed: number;
  readonly current: number;
  /** What has to be entered again, in words: its key is lost. */
  readonly unreadable: readonly string[];
}

/**
 * Seals everything anew that is not under the newest key, a row at a time, so it can be stopped and run again, and it runs
 * beside servers; a row that is changed meanwhile is left as it was changed.
 */
export async function rotateSecrets(database: Database, secretBox: SecretBox): Promise<RotatedSecrets> {
  const unreadable: string[] = [];
  let [sealed, current] = [0, 0];
  for (const { table, column, bind, name } of sealedColumns) {
    const { rows } = await sql<{ bind: string; name: string; text: string }>`
      SELECT ${sql.raw(bind)} AS bind, ${sql.raw(name)} AS name, ${sql.ref(column)} AS text FROM ${sql.table(table)}
      WHERE ${sql.ref(column)} IS NOT NULL ORDER BY 1`.execute(database.db);
    for (const row of rows) {
      if (secretBox.isCurrent(row.text)) current += 1;
      else {
        const anew = reseal(secretBox, row);
        if (anew === null) unreadable.push(row.name);
        else {
          const { numAffectedRows } = await sql`UPDATE ${sql.table(table)} SET ${sql.ref(column)} = ${anew}
            WHERE ${sql.raw(bind)} = ${row.bind} AND ${sql.ref(column)} = ${row.text}`.execute(database.db);
          sealed += Number(numAffectedRows ?? 0n);
        }
      }
    }
  }
  return { sealed, current, unreadable };
}

function reseal(secretBox: SecretBox, { text, bind }: { readonly text: string; readonly bind: string }): string | null {
  try {
    return secretBox.seal(secretBox.open(text, bind), bind);
  } catch (error) {
    if (error instanceof CulpritError && error.code === "SECRET_UNREADABLE") return null;
    throw error;
  }
}

/** Tables whose every row is a secret or opens a door. */
const SECRET_TABLES: ReadonlySet<string> = new Set([
  "api_keys",
  "github_apps",
  "integrations",
  "login_links",
  "sessions",
  "user_identities",
  "workflow_secrets",
]);
/** What a column is called that holds a secret; a hash of one is a secret too. */
const SECRET_NAME = /(secret|password|passwd|credential|encrypted|private_key|api_key|token|signing_key|webhook_url)/i;
/** Names that only sound so: the visible beginning of a key, and counts of a model's tokens. */
const HARMLESS = new Set([
  "ingest_api_key",
  "input_tokens",
  "output_tokens",
  "total_tokens",
  "tokens_used",
  "token_count",
]);

/** True when nothing of the table may be read by others. */
export function isSecretTable(table: string): boolean {
  return SECRET_TABLES.has(table);
}

/** True when the column may not be read by others. A new table is safe by the name of its columns, not by a list. */
export function isSecretColumn(column: string): boolean {
  return SECRET_NAME.test(column) && !HARMLESS.has(column);
}

import type { Database } from "../../platform/db/open-database.ts";
import type { GitRepositories } from "./ports.ts";

/** What the verbs about changes need. */
export interface ChangeDeps {
  readonly database: Database;
  readonly git: GitRepositories;
}

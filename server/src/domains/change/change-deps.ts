import type { DatabaseScope } from "../../platform/db/open-database.ts";
import type { GitRepositories } from "./ports.ts";

/** What the verbs about changes need. */
export interface ChangeDeps {
  readonly database: DatabaseScope;
  readonly git: GitRepositories;
}

import { houseProject } from "../../domains/access/index.ts";
import type { Database } from "../../platform/db/open-database.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import type { Caller } from "./authenticate.ts";

/**
 * Lets those go on who may see the house project, its owner and members: they run the installation.
 * @throws CulpritError FORBIDDEN for keys and for people who run projects here and not the installation.
 */
export async function requireOperator(database: Database, caller: Caller): Promise<void> {
  await houseProject(database.db);
  const seen =
    caller.kind === "user" &&
    (await database
      .asTenant({ userId: caller.userId, projectId: null })
      .db.selectFrom("projects")
      .select("id")
      .where("is_house", "=", true)
      .executeTakeFirst());
  if (seen) return;
  throw new CulpritError(
    "FORBIDDEN",
    "This is about the whole installation. Sign in as the person who runs it (`culprit login-link`).",
  );
}

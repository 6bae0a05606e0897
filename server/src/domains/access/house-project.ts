import { type Kysely, sql } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId, toPublicId } from "../../platform/ids/ids.ts";
import { localUser } from "./sign-in.ts";

const NAME = "Culprit itself";

/**
 * The project that holds what belongs to the installation: executions of upkeep and Culprit's own faults. Made at the
 * first call, owned by the local user, so that somebody may see it; it has no key, and lists of projects leave it out.
 * Several callers at once get the same one.
 */
export async function houseProject(db: Kysely<DB>): Promise<string> {
  const find = () => db.selectFrom("projects").select("id").where("is_house", "=", true).executeTakeFirst();
  const known = await find();
  if (known !== undefined) return known.id;
  const id = newId();
  const ownerId = await localUser(db);
  // The key's place must be filled; this is no key's beginning, so no key is ever looked up by it.
  await sql`
    INSERT INTO projects (id, project_id, owner_id, name, ingest_api_key, is_house)
    SELECT ${id}::uuid, ${toPublicId("proj", id)}, ${ownerId}::uuid,
      CASE WHEN EXISTS (SELECT 1 FROM projects WHERE name = ${NAME} AND deleted_at IS NULL) THEN ${`${NAME} ${id}`} ELSE ${NAME} END, 'none', true
    ON CONFLICT DO NOTHING`.execute(db);
  const made = await find();
  if (made === undefined) throw new Error("the house project was neither made nor found");
  return made.id;
}

import type { Database } from "../../server/src/platform/db/open-database.ts";
import { newId } from "../../server/src/platform/ids/ids.ts";

/** A project of a test's own, with an owner. @returns its id. */
export async function makeProject({ owner: db }: Pick<Database, "owner">): Promise<string> {
  const [userId, projectId] = [newId(), newId()];
  await db.insertInto("users").values({ id: userId, github_login: userId }).execute();
  await db
    .insertInto("projects")
    .values({
      ...{ id: projectId, project_id: `proj_${projectId}`, owner_id: userId, name: projectId },
      ingest_api_key: projectId,
    })
    .execute();
  return projectId;
}

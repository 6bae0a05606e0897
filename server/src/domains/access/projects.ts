import type { Project, projectInputSchema } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { z } from "zod";
import { hideCredentials } from "../../analysis/scrub/index.ts";
import type { DB } from "../../platform/db/tables.generated.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { newId, toPublicId } from "../../platform/ids/ids.ts";
import { insertKey } from "./key-ring.ts";
import { newKey } from "./keys.ts";
import { localUser } from "./sign-in.ts";

export interface CreatedProject {
  readonly id: string;
  readonly publicId: string;
  readonly name: string;
  /** Ends a Sentry DSN. */
  readonly dsnNumber: string;
  /** Shown once. */
  readonly ingestKey: string;
  readonly apiKey: string;
}

/**
 * A new project with an ingest key and an API key.
 * @throws CulpritError CONFLICT when a project of that name exists.
 */
export async function createProject(
  db: Kysely<DB>,
  input: z.output<typeof projectInputSchema>,
  owner?: string,
): Promise<CreatedProject> {
  const ownerId = owner ?? (await localUser(db));
  return db.transaction().execute(async (tx) => {
    const id = newId();
    const [ingest, api] = [newKey("ingest"), newKey("api")];
    const row = await tx
      .insertInto("projects")
      .values({
        id,
        project_id: toPublicId("proj", id),
        owner_id: ownerId,
        name: input.name,
        ingest_api_key: ingest.prefix,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning("dsn_number")
      .executeTakeFirst();
    if (row === undefined) {
      throw new CulpritError(
        "CONFLICT",
        `A project named ${JSON.stringify(input.name)} exists already. Choose another name, or see culprit project list.`,
        {
          details: { field: "name", provided: input.name },
        },
      );
    }
    await insertKey(tx, id, "ingest", ingest);
    await insertKey(tx, id, "api", api);
    return {
      id,
      publicId: toPublicId("proj", id),
      name: input.name,
      dsnNumber: String(row.dsn_number),
      ingestKey: ingest.key,
      apiKey: api.key,
    };
  });
}

/** More incidents than these are not counted for a list. */
const COUNT_MAX = 1000;

/** The projects that the scope may see, newest first, each with the repository that is read for it, without its password. */
export async function listProjects(db: Kysely<DB>): Promise<Project[]> {
  const { rows } = await sql<{
    project_id: string;
    name: string;
    url: string | null;
    incident_count: string;
    created_at: Date;
    ingest_api_key: string;
    last_used_at: Date | null;
  }>`
    SELECT p.project_id, p.name, r.url, p.created_at, p.ingest_api_key, u.last_used_at,
      (SELECT count(*) FROM (SELECT 1 FROM incidents i WHERE i.project_id = p.id LIMIT ${COUNT_MAX}) counted) AS incident_count
    FROM projects p
    LEFT JOIN LATERAL (SELECT url FROM repositories WHERE project_id = p.id
      ORDER BY last_fetched_at DESC NULLS LAST, updated_at DESC, id DESC LIMIT 1) r ON true
    LEFT JOIN api_key_usage u ON u.project_id = p.id AND u.key_type = 'ingest'
    WHERE p.deleted_at IS NULL AND NOT p.is_house ORDER BY p.created_at DESC, p.id DESC LIMIT 500`.execute(db);
  return rows.map((row) => ({
    id: row.project_id,
    name: row.name,
    repository: row.url === null ? null : hideCredentials(row.url),
    incident_count: Number(row.incident_count),
    created_at: row.created_at.toISOString(),
    ingest_key_prefix: row.ingest_api_key,
    ingest_key_last_used_at: row.last_used_at?.toISOString() ?? null,
  }));
}

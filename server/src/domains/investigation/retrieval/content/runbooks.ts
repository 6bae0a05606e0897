import { type Kysely, sql } from "kysely";
import { storableText } from "../../../../platform/db/storable-json.ts";
import type { DB } from "../../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../../platform/errors/culprit-error.ts";
import { newId } from "../../../../platform/ids/ids.ts";
import type { Retrieval, RetrievalPoint } from "../retrieval-port.ts";
import { chunkMarkdown } from "./chunk-markdown.ts";
import { pointIdOf } from "./point-id.ts";

/** What somebody wrote down for a failure. */
export interface RunbookInput {
  readonly title: string;
  /** Markdown. */
  readonly content: string;
  readonly serviceKey: string | null;
  readonly tags: readonly string[];
  readonly sourceUrl: string | null;
  /** Its file in the repository; null where it came by the API. */
  readonly repositoryPath: string | null;
}

export interface Runbook extends Omit<RunbookInput, "content"> {
  readonly id: string;
  readonly updatedAt: Date;
}

interface Deps {
  readonly db: Kysely<DB>;
  readonly retrieval: Retrieval;
}

/**
 * Keeps a runbook and makes its sections searchable (`runbooks`). One with the same title, or the same file, is replaced. Idempotent.
 * @returns its id.
 */
export async function saveRunbook(
  { db, retrieval }: Deps,
  { projectId, runbook }: { readonly projectId: string; readonly runbook: RunbookInput },
): Promise<string> {
  const [title, content] = [storableText(runbook.title).trim(), storableText(runbook.content)];
  const target =
    runbook.repositoryPath === null
      ? sql`(project_id, title) WHERE repository_path IS NULL`
      : sql`(project_id, repository_path) WHERE repository_path IS NOT NULL`;
  const { rows } = await sql<{ runbook_id: string }>`
    INSERT INTO runbooks (runbook_id, project_id, title, content, service_key, tags, source_url, repository_path)
    VALUES (${newId()}, ${projectId}, ${title}, ${content}, ${runbook.serviceKey}, ${runbook.tags}, ${runbook.sourceUrl}, ${runbook.repositoryPath})
    ON CONFLICT ${target} DO UPDATE SET title = EXCLUDED.title, content = EXCLUDED.content, service_key = EXCLUDED.service_key,
      tags = EXCLUDED.tags, source_url = EXCLUDED.source_url RETURNING runbook_id`.execute(db);
  const id = rows[0]?.runbook_id ?? "";
  const points = chunkMarkdown(content).map(
    ({ heading, text }, n): RetrievalPoint => ({
      ...{
        id: pointIdOf("runbooks", id, String(n)),
        projectId,
        collection: "runbooks",
        content: `${title}\n${heading}\n${text}`,
      },
      payload: {
        ...{ title, tags: runbook.tags, source_url: runbook.sourceUrl, runbook_id: id, section: heading },
        ...(runbook.serviceKey === null ? {} : { service_key: runbook.serviceKey }),
      },
    }),
  );
  const stale = await pointsOf(db, projectId, id);
  await retrieval.remove(
    "runbooks",
    stale.filter((old) => !points.some((point) => point.id === old)),
  );
  await retrieval.upsert(points);
  return id;
}

/** A project's runbooks by title. */
export async function listRunbooks(
  db: Kysely<DB>,
  projectId: string,
  page: { readonly limit: number; readonly after?: { readonly title: string; readonly id: string } | undefined },
): Promise<readonly Runbook[]> {
  const { rows } = await sql<Runbook>`
    SELECT runbook_id AS id, title, service_key AS "serviceKey", tags, source_url AS "sourceUrl", repository_path AS "repositoryPath", updated_at AS "updatedAt"
    FROM runbooks WHERE project_id = ${projectId}
      AND ${page.after === undefined ? sql`true` : sql`(title, runbook_id) > (${page.after.title}, ${page.after.id}::uuid)`}
    ORDER BY title, runbook_id LIMIT ${page.limit}`.execute(db);
  return rows;
}

/** Removes a runbook with what is searched of it. @throws CulpritError NOT_FOUND. */
export async function removeRunbook(
  { db, retrieval }: Deps,
  { projectId, id }: { readonly projectId: string; readonly id: string },
): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom("runbooks")
    .where("project_id", "=", projectId)
    .where("runbook_id", "=", id)
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw new CulpritError("NOT_FOUND", "There is no such runbook in this project.");
  await retrieval.remove("runbooks", await pointsOf(db, projectId, id));
}

async function pointsOf(db: Kysely<DB>, projectId: string, id: string): Promise<readonly string[]> {
  const { rows } = await sql<{ point_id: string }>`
    SELECT point_id FROM retrieval_points WHERE project_id = ${projectId} AND collection = 'runbooks' AND payload ->> 'runbook_id' = ${id}`.execute(
    db,
  );
  return rows.map(({ point_id }) => point_id);
}

import type { ScrapeTarget, ScrapeTargetInput, ScrapeTargetList } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import { serviceKeyOf } from "../../../analysis/change/service-identity.ts";
import { audit, type Who } from "../../../platform/db/audit-log.ts";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { newId, toPublicId } from "../../../platform/ids/ids.ts";
import type { SecretBox } from "../../../platform/secrets/secret-box.ts";
import { type TargetRow, targetColumns, toScrapeTarget } from "./target-row.ts";

/** What the header Authorization of a target is sealed to. */
export const boundTo = (targetId: string): string => `scrape_target:${targetId}`;

/**
 * Adds a page of metrics to read, due at once.
 * @throws CulpritError CONFLICT where the project reads it already.
 */
export async function addScrapeTarget(
  scope: DatabaseScope,
  secretBox: SecretBox,
  who: Who,
  request: ScrapeTargetInput & { readonly projectId: string },
): Promise<ScrapeTarget> {
  const { projectId, url, service, environment, authorization } = request;
  const id = newId();
  const key = service.split("/").length >= 3 ? service : serviceKeyOf("default", environment, service);
  const sealed = authorization === undefined ? null : secretBox.seal(authorization, boundTo(id));
  const timeoutS = Math.min(request.timeout_s, request.interval_s);
  return scope.transaction(async (tx) => {
    const { rows } = await sql<TargetRow>`
      INSERT INTO scrape_targets (id, project_id, url, service_key, environment, labels, interval_s, timeout_s, authorization_encrypted, created_by)
      VALUES (${id}, ${projectId}, ${url}, ${key}, ${environment}, ${JSON.stringify(request.labels)}::jsonb, ${request.interval_s},
        ${timeoutS}, ${sealed}, ${who.name})
      ON CONFLICT (project_id, url) DO NOTHING RETURNING ${targetColumns}`.execute(tx);
    const row = rows[0];
    if (row === undefined)
      throw new CulpritError("CONFLICT", `${url} is read already. culprit scrape list shows it.`, {
        details: { field: "url" },
      });
    await audit(tx, who, {
      ...{ projectId, action: "scrape_target.added", targetType: "scrape_target", targetId: toPublicId("scr", id) },
      details: { url, service_key: key },
    });
    return toScrapeTarget(row);
  });
}

/** A page of the targets, oldest first. */
export async function listScrapeTargets(
  db: Kysely<DB>,
  {
    projectId,
    limit,
    cursor,
  }: { readonly projectId: string | null; readonly limit: number; readonly cursor?: string | undefined },
): Promise<ScrapeTargetList> {
  const { rows } = await sql<TargetRow>`
    SELECT ${targetColumns} FROM scrape_targets
    WHERE ${projectId === null ? sql`true` : sql`project_id = ${projectId}`} AND ${cursor === undefined ? sql`true` : sql`id > ${cursorId(cursor)}`}
    ORDER BY id LIMIT ${limit + 1}`.execute(db);
  const items = rows.slice(0, limit).map(toScrapeTarget);
  const last = rows[limit - 1];
  return { items, next_cursor: rows.length > limit && last !== undefined ? last.id : null };
}

/** Switches a target on or off. @throws CulpritError NOT_FOUND. */
export async function switchScrapeTarget(
  scope: DatabaseScope,
  who: Who,
  { id, isEnabled }: { readonly id: string; readonly isEnabled: boolean },
): Promise<ScrapeTarget> {
  return scope.transaction(async (tx) => {
    const { rows } = await sql<TargetRow>`
      UPDATE scrape_targets SET is_enabled = ${isEnabled}, next_scrape_at = now() WHERE id = ${id} RETURNING ${targetColumns}`.execute(
      tx,
    );
    const row = rows[0] ?? notFound(id);
    const action = isEnabled ? "scrape_target.enabled" : "scrape_target.disabled";
    await audit(tx, who, { ...auditOf(row), action, details: { url: row.url } });
    return toScrapeTarget(row);
  });
}

/** Ends the reading of a page; what was read stays. @throws CulpritError NOT_FOUND. */
export async function removeScrapeTarget(scope: DatabaseScope, who: Who, id: string): Promise<void> {
  await scope.transaction(async (tx) => {
    const { rows } =
      await sql<TargetRow>`DELETE FROM scrape_targets WHERE id = ${id} RETURNING ${targetColumns}`.execute(tx);
    const row = rows[0] ?? notFound(id);
    await audit(tx, who, { ...auditOf(row), action: "scrape_target.removed", details: { url: row.url } });
  });
}

function auditOf({ id, project_id: projectId }: TargetRow) {
  return { projectId, targetType: "scrape_target", targetId: toPublicId("scr", id) };
}

function cursorId(cursor: string): string {
  if (/^[0-9a-f-]{36}$/.test(cursor)) return cursor;
  throw new CulpritError("INVALID_REQUEST", "cursor is not one that this list gave. Leave it out to start anew.", {
    details: { field: "cursor" },
  });
}

function notFound(id: string): never {
  throw new CulpritError("NOT_FOUND", `There is no scrape target ${toPublicId("scr", id)} that you can see.`);
}

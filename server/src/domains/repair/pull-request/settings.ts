import { type PullRequestSettings, type PullRequestSettingsPatch, pullRequestSettingsSchema } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";

/** What a project wants of pull requests; the defaults where nothing, or something that is no longer known, is stored. */
export function readSettings(stored: unknown): PullRequestSettings {
  const own = typeof stored === "object" && stored !== null && "pullRequests" in stored ? stored.pullRequests : {};
  return pullRequestSettingsSchema.catch(pullRequestSettingsSchema.parse({})).parse(own);
}

/** @throws CulpritError NOT_FOUND. */
export async function loadPullRequestSettings(db: Kysely<DB>, projectId: string): Promise<PullRequestSettings> {
  const row = await db
    .selectFrom("projects")
    .select("settings")
    .where("id", "=", projectId)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  if (row === undefined) throw noProject(projectId);
  return readSettings(row.settings);
}

/** Changes what is named and leaves the rest. @throws CulpritError NOT_FOUND. */
export async function changePullRequestSettings(
  db: Kysely<DB>,
  { projectId, change }: { readonly projectId: string; readonly change: PullRequestSettingsPatch },
): Promise<PullRequestSettings> {
  const named = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const { rows } = await sql<{ settings: unknown }>`
    UPDATE projects SET settings = jsonb_set(settings, '{pullRequests}',
      coalesce(settings -> 'pullRequests', '{}'::jsonb) || ${JSON.stringify(named)}::jsonb)
    WHERE id = ${projectId} AND deleted_at IS NULL RETURNING settings`.execute(db);
  const row = rows[0];
  if (row === undefined) throw noProject(projectId);
  return readSettings(row.settings);
}

function noProject(projectId: string): CulpritError {
  return new CulpritError("NOT_FOUND", `There is no project ${toPublicId("proj", projectId)}.`);
}

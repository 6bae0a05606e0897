import type { WorkflowSecretList } from "@culprit/contract";
import type { Kysely } from "kysely";
import { audit, type Who } from "../../../platform/db/audit-log.ts";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { SecretBox } from "../../../platform/secrets/secret-box.ts";

/** The names of a project's secrets; their values are never shown again. */
export async function listSecrets(db: Kysely<DB>, projectId: string): Promise<WorkflowSecretList> {
  const rows = await db
    .selectFrom("workflow_secrets")
    .select(["name", "created_by", "created_at", "updated_at"])
    .where("project_id", "=", projectId)
    .orderBy("name")
    .execute();
  const items = rows.map(({ name, created_by, created_at, updated_at }) => ({
    name,
    created_by,
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  }));
  return { items, next_cursor: null };
}

/** Stores a secret, sealed, in the place of the one of that name. */
export async function setSecret(
  scope: DatabaseScope,
  box: SecretBox,
  request: { readonly projectId: string; readonly name: string; readonly value: string; readonly by: Who },
): Promise<void> {
  const { projectId, name, value, by } = request;
  const sealed = box.seal(value, `workflow_secret:${projectId}:${name}`);
  await scope.transaction(async (tx) => {
    await tx
      .insertInto("workflow_secrets")
      .values({ project_id: projectId, name, value_encrypted: sealed, created_by: by.name })
      .onConflict((conflict) =>
        conflict.columns(["project_id", "name"]).doUpdateSet({ value_encrypted: sealed, created_by: by.name }),
      )
      .execute();
    await audit(tx, by, { projectId, action: "workflow_secret.set", targetType: "workflow", targetId: name });
  });
}

/** @throws CulpritError NOT_FOUND when there is no secret of that name. */
export async function deleteSecret(
  scope: DatabaseScope,
  request: { readonly projectId: string; readonly name: string; readonly by: Who },
): Promise<void> {
  const { projectId, name, by } = request;
  await scope.transaction(async (tx) => {
    const { numDeletedRows } = await tx
      .deleteFrom("workflow_secrets")
      .where("project_id", "=", projectId)
      .where("name", "=", name)
      .executeTakeFirst();
    if (numDeletedRows === 0n) throw new CulpritError("NOT_FOUND", `There is no secret ${name} in this project.`);
    await audit(tx, by, { projectId, action: "workflow_secret.deleted", targetType: "workflow", targetId: name });
  });
}

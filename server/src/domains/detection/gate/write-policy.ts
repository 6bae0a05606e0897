import type { GatePolicy, GatePolicyView } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { newId } from "../../../platform/ids/ids.ts";
import { builtInPolicy, type NamedPolicy, nameOf } from "./load-policy.ts";

interface PolicyRow {
  policy_id: string;
  version: number;
  status: GatePolicyView["status"];
  policy: unknown;
  reason: string;
  set_by: string;
  created_at: Date;
  activated_at: Date | null;
}

/** The versions of a project's policy, newest first, and the built-in one, which acts where none is active. */
export async function listPolicies(db: Kysely<DB>, projectId: string): Promise<readonly GatePolicyView[]> {
  const { rows } = await sql<PolicyRow>`
    SELECT * FROM gate_policies WHERE project_id = ${projectId} ORDER BY version DESC LIMIT 200`.execute(db);
  const isOwn = rows.some(({ status }) => status === "active");
  const builtIn: GatePolicyView = {
    ...{ version: 0, status: isOwn ? "retired" : "active", policy: builtInPolicy.policy, reason: "Built in." },
    ...{ set_by: null, created_at: null, activated_at: null },
  };
  return [...rows.map(toView), builtIn];
}

/** Writes a further version down, as a draft that decides nothing. @returns it. */
export async function writePolicy(
  scope: DatabaseScope,
  { projectId, policy, reason, by }: { projectId: string; policy: GatePolicy; reason: string; by: string },
): Promise<GatePolicyView> {
  return scope.transaction(async (tx) => {
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`gate_policies ${projectId}`}, 0))`.execute(tx);
    const { rows } = await sql<PolicyRow>`
      INSERT INTO gate_policies (policy_id, project_id, version, status, policy, reason, set_by)
      SELECT ${newId()}::uuid, ${projectId}::uuid, coalesce(max(version), 0) + 1, 'draft', ${JSON.stringify(policy)}::jsonb, ${reason}, ${by}
      FROM gate_policies WHERE project_id = ${projectId} RETURNING *`.execute(tx);
    const [row] = rows;
    if (row === undefined) throw new Error("the policy was not written");
    return toView(row);
  });
}

/**
 * Lets a version decide (the one before is retired), decide in shadow, or no more. Version 0 active: the built-in one decides again.
 * @throws CulpritError NOT_FOUND for a version that there is not.
 */
export async function movePolicy(
  scope: DatabaseScope,
  { projectId, version, status }: { projectId: string; version: number; status: "shadow" | "active" | "retired" },
): Promise<void> {
  if (version === 0 && status !== "active")
    throw new CulpritError("CONFLICT", "The built-in policy stands beside all others: make another active instead.");
  await scope.transaction(async (tx) => {
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`gate_policies ${projectId}`}, 0))`.execute(tx);
    if (status === "active")
      await sql`UPDATE gate_policies SET status = 'retired'
        WHERE project_id = ${projectId} AND status = 'active' AND version <> ${version}`.execute(tx);
    if (version === 0) return;
    const { numAffectedRows } = await sql`
      UPDATE gate_policies SET status = ${status}, activated_at = CASE WHEN ${status} = 'active' THEN now() ELSE activated_at END
      WHERE project_id = ${projectId} AND version = ${version}`.execute(tx);
    if (numAffectedRows === 0n) throw policyNotFound(version);
  });
}

/** A version of a project's policy; 0 is the built-in one. @throws CulpritError NOT_FOUND. */
export async function findPolicy(db: Kysely<DB>, projectId: string, version: number): Promise<NamedPolicy> {
  if (version === 0) return builtInPolicy;
  const { rows } = await sql<PolicyRow>`
    SELECT * FROM gate_policies WHERE project_id = ${projectId} AND version = ${version}`.execute(db);
  const [row] = rows;
  if (row === undefined) throw policyNotFound(version);
  return nameOf(row);
}

function policyNotFound(version: number): CulpritError {
  return new CulpritError("NOT_FOUND", `There is no version ${version} of this project's gate policy.`);
}

function toView(row: PolicyRow): GatePolicyView {
  return {
    version: row.version,
    status: row.status,
    policy: nameOf(row).policy,
    reason: row.reason,
    set_by: row.set_by,
    created_at: row.created_at.toISOString(),
    activated_at: row.activated_at?.toISOString() ?? null,
  };
}

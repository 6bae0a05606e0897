import { type GatePolicy, gatePolicySchema } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";

/** A policy with the name that decisions bear. */
export interface NamedPolicy {
  /** Null: built in. */
  readonly policyId: string | null;
  /** `gate/3`, or `gate/built-in-3`. */
  readonly name: string;
  readonly policy: GatePolicy;
}

/** The policy of a project that has none of its own. Its number moves with its rules or their numbers. */
export const builtInPolicy: NamedPolicy = {
  policyId: null,
  name: "gate/built-in-3",
  policy: gatePolicySchema.parse({}),
};

/** What decides in a project, and what decides beside it without effect. */
export interface GatePolicies {
  readonly active: NamedPolicy;
  readonly shadows: readonly NamedPolicy[];
}

/** The policies of a project that are active or in shadow. */
export async function loadPolicies(db: Kysely<DB>, projectId: string): Promise<GatePolicies> {
  const { rows } = await sql<{ policy_id: string; version: number; status: string; policy: unknown }>`
    SELECT policy_id, version, status, policy FROM gate_policies
    WHERE project_id = ${projectId} AND status IN ('active', 'shadow') ORDER BY version`.execute(db);
  const named = rows.map(({ status, ...row }) => ({ status, ...nameOf(row) }));
  return {
    active: named.find(({ status }) => status === "active") ?? builtInPolicy,
    shadows: named.filter(({ status }) => status === "shadow"),
  };
}

/** A stored policy under its name; what it does not tell, because it is older than a rule, is built in. */
export function nameOf(row: { policy_id: string; version: number; policy: unknown }): NamedPolicy {
  return { policyId: row.policy_id, name: `gate/${row.version}`, policy: gatePolicySchema.parse(row.policy) };
}

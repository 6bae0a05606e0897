import type { ShadowDecision } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";

export interface ShadowFilter {
  readonly projectId: string;
  readonly policyId: string;
  /** Only what was decided otherwise. */
  readonly onlyDifferences: boolean;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** A page of what a policy in shadow would have decided, newest first. @throws CulpritError INVALID_REQUEST for a foreign cursor. */
export async function listShadow(
  db: Kysely<DB>,
  filter: ShadowFilter,
): Promise<{ items: readonly ShadowDecision[]; next_cursor: string | null }> {
  const after = placeOf(filter.cursor);
  const { rows } = await sql<{
    shadow_id: string;
    at_text: string;
    decided_at: Date;
    incident_id: string;
    title: string;
    actual: "approved" | "suppressed";
    decision: "approved" | "suppressed";
    rule: string;
    rationale: string;
  }>`
    SELECT g.shadow_id, g.decided_at::text AS at_text, g.decided_at, i.incident_id, i.title, g.actual, g.decision, g.rule, g.rationale
    FROM gate_shadow_decisions g JOIN incidents i ON i.id = g.incident_id
    WHERE g.project_id = ${filter.projectId} AND g.policy_id = ${filter.policyId}
      ${filter.onlyDifferences ? sql`AND g.actual <> g.decision` : sql``}
      ${after === null ? sql`` : sql`AND (g.decided_at, g.shadow_id) < (${after.at}::timestamptz, ${after.id}::uuid)`}
    ORDER BY g.decided_at DESC, g.shadow_id DESC LIMIT ${filter.limit + 1}`.execute(db);
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  const hasMore = rows.length > filter.limit && last !== undefined;
  return {
    items: page.map(({ shadow_id: _, at_text: __, decided_at, ...one }) => ({
      ...one,
      decided_at: decided_at.toISOString(),
    })),
    next_cursor: hasMore ? Buffer.from(JSON.stringify([last.at_text, last.shadow_id])).toString("base64url") : null,
  };
}

function placeOf(cursor: string | undefined): { readonly at: string; readonly id: string } | null {
  if (cursor === undefined) return null;
  try {
    const [at, id] = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as unknown[];
    if (
      typeof at === "string" &&
      /^[-0-9: .+]{10,40}$/.test(at) &&
      typeof id === "string" &&
      /^[-0-9a-f]{36}$/.test(id)
    )
      return { at, id };
  } catch {
    // Said below.
  }
  throw new CulpritError("INVALID_REQUEST", "cursor is not one that this list gave. Leave it out to start anew.", {
    details: { field: "cursor", provided: cursor },
  });
}

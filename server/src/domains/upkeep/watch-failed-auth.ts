import { sql } from "kysely";
import type { RefusedKind } from "../access/index.ts";
import { settleOwnFaults } from "../incident/index.ts";
import type { UpkeepDeps } from "./upkeep-deps.ts";

export const FAILED_AUTH = "failed_auth";

/** Refusals within this hour and the one before, from which on somebody should look. */
export const failedAuthLimits: Readonly<Record<RefusedKind, number>> = { key: 20, user: 5, address: 50 };
/** Where many are at it at once, the worst are told. */
const FAULTS_MAX = 20;

export interface FailedAuth {
  readonly kind: RefusedKind;
  readonly subject: string;
  readonly count: number;
  readonly lastAt: Date;
  /** Whose key it is, where there is such a key, revoked or with another secret. */
  readonly projectId: string | null;
}

const words: Readonly<Record<RefusedKind, (subject: string) => string>> = {
  key: (prefix) => `Keys that begin with ${prefix} were refused`,
  user: (id) => `Sign-in links of the user ${id} were refused`,
  address: (address) => `Keys or sign-in links from ${address} were refused`,
};
const remedies: Readonly<Record<RefusedKind, string>> = {
  key: "A service may send with a revoked key: give it the project's present one. If no service of yours has it, somebody tries keys: rotate it.",
  user: "Ask the person; if it was nobody, somebody has an old link: end their sessions and look where the links are sent.",
  address: "See whose address it is; if nobody's you know, shut it out before Culprit.",
};

/** Finds keys, users and addresses that were refused again and again; each a fault of Culprit's own until it is calm. */
export async function watchFailedAuth(
  deps: UpkeepDeps,
  limits: Readonly<Record<RefusedKind, number>> = failedAuthLimits,
): Promise<FailedAuth[]> {
  const { rows } = await sql<FailedAuth>`
    SELECT f.kind, f.subject, sum(f.count)::int AS count, max(f.last_at) AS "lastAt",
      (SELECT k.project_id FROM api_keys k JOIN projects p ON p.id = k.project_id AND p.deleted_at IS NULL
        WHERE f.kind = 'key' AND k.prefix = f.subject) AS "projectId"
    FROM auth_failures f
    WHERE f.hour >= date_trunc('hour', ${deps.now()}::timestamptz, 'UTC') - interval '1 hour' AND f.hour <= ${deps.now()}
    GROUP BY f.kind, f.subject
    HAVING sum(f.count) >= CASE f.kind WHEN 'key' THEN ${limits.key}::int WHEN 'user' THEN ${limits.user}::int ELSE ${limits.address}::int END
    ORDER BY 3 DESC LIMIT ${FAULTS_MAX}`.execute(deps.database.db);
  const faults = rows.map(({ kind, subject, count, lastAt, projectId }) => ({
    ...{ projectId, fingerprint: `${kind} ${subject}`, severity: "medium" as const },
    title: `Refused again and again: ${kind} ${subject}`,
    detail: `${words[kind](subject)} ${count} times within two hours, last ${lastAt.toISOString()}. ${remedies[kind]}`,
  }));
  await settleOwnFaults(deps, FAILED_AUTH, faults);
  return rows;
}

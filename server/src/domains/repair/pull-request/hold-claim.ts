import { createHash } from "node:crypto";
import { sql } from "kysely";
import { parseDiff } from "../../../analysis/diff/parse-diff.ts";
import { newId } from "../../../platform/ids/ids.ts";
import type { PullRequestDeps } from "./pull-request-deps.ts";

/** Whose process died holds it this long; opening one, proof on the base branch included, takes less. */
const heldMinutes = 15;
const waitMs = 90_000;
const lookAgainMs = 200;

export interface Claim {
  readonly projectId: string;
  readonly repository: string;
  readonly incidentId: string;
  /** What makes two failures one; see `failureKeys`. */
  readonly keys: readonly string[];
}

/**
 * Does the work while nobody else opens a pull request for the same failure: two incidents of one failure that are repaired at the same
 * moment go one after the other, on any number of servers, and the second finds what the first one opened. It waits for the other.
 * @returns null where the other was not done within a minute and a half; the work was not begun then.
 */
export async function holdClaim<T>(
  { database }: Pick<PullRequestDeps, "database">,
  claim: Claim,
  work: () => Promise<T>,
): Promise<T | null> {
  const holder = newId();
  const until = performance.now() + waitMs;
  while (!(await take(database, claim, holder))) {
    if (performance.now() > until) return null;
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
  try {
    return await work();
  } finally {
    await sql`DELETE FROM pull_request_claims WHERE holder = ${holder}`.execute(database.db);
  }
}

/** All keys or none. A try of the same incident that died is taken over: what it pushed and opened is found by its branch. */
async function take(database: PullRequestDeps["database"], claim: Claim, holder: string): Promise<boolean> {
  const keys = [...new Set(claim.keys)].sort();
  const busy = new Error("held by another");
  try {
    await database.transaction(async (tx) => {
      const { rows } = await sql`
        INSERT INTO pull_request_claims AS c (project_id, repository, failure_key, incident_id, holder)
        SELECT ${claim.projectId}, ${claim.repository}, k.key, ${claim.incidentId}, ${holder}
          FROM unnest(${keys}::text[]) WITH ORDINALITY AS k(key, place) ORDER BY k.place
        ON CONFLICT (project_id, repository, failure_key) DO UPDATE
          SET incident_id = excluded.incident_id, holder = excluded.holder, claimed_at = excluded.claimed_at
          WHERE c.incident_id = excluded.incident_id OR c.claimed_at < clock_timestamp() - make_interval(mins => ${heldMinutes})
        RETURNING failure_key`.execute(tx);
      if (rows.length < keys.length) throw busy;
    });
    return true;
  } catch (error) {
    if (error === busy) return false;
    throw error;
  }
}

/** The blamed commit, and what the patch changes wherever it stands and however it is indented (as `git patch-id` does). */
export function failureKeys(culpritCommit: string | null, patch: string): string[] {
  const changed = parseDiff(patch).flatMap(({ oldPath, newPath, hunks }) => [
    `${oldPath ?? ""} ${newPath ?? ""}`,
    ...hunks.flatMap(({ lines }) =>
      lines.flatMap(({ kind, text }) => (kind === "context" ? [] : [`${kind} ${text.replace(/\s+/g, "")}`])),
    ),
  ]);
  const hash = createHash("sha256").update(changed.join("\n")).digest("hex");
  return [`patch:${hash}`, ...(culpritCommit === null ? [] : [`culprit:${culpritCommit}`])];
}

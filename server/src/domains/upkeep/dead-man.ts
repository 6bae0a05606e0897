import { sql } from "kysely";
import type { Database } from "../../platform/db/open-database.ts";
import type { HttpClient } from "../../platform/http-client/http-client.ts";
import { houseProject } from "../access/index.ts";
import { queueState } from "./queue-state.ts";

/** An execution that is due and not taken up for so long means that nothing works here, in s. */
const DUE_MAX_S = 600;
const WITHIN_MS = 10_000;

export interface DeadManDeps {
  readonly database: Database;
  readonly http: HttpClient;
  readonly now: () => Date;
  /** Empty: off. */
  readonly url: string;
}

export interface DeadManState {
  readonly lastSentAt: Date | null;
  /** Why the last one was not sent; null where it was. */
  readonly withheldReason: string | null;
}

/**
 * Tells the service behind `url` that Culprit works, if it does: the database answers and what is due is taken up. Whoever
 * waits there for the call raises the alarm when it stays out, which no dead program can do itself. What became of it is kept.
 */
export async function signalLife(deps: DeadManDeps): Promise<DeadManState> {
  const health = await deps.database.health();
  // Without its database there is nowhere to keep that, either.
  if (!health.isHealthy) return { lastSentAt: null, withheldReason: `The database is away: ${health.reason}.` };
  const withheldReason = (await whatIsWrong(deps)) ?? (await call(deps));
  const lastSentAt = withheldReason === null ? deps.now() : null;
  await sql`
    UPDATE projects SET settings = jsonb_set(settings, '{deadman}', jsonb_build_object(
      'last_sent_at', coalesce(${lastSentAt?.toISOString() ?? null}, settings #>> '{deadman,last_sent_at}'),
      'withheld_reason', ${withheldReason}::text))
    WHERE id = ${await houseProject(deps.database.db)}`.execute(deps.database.db);
  return { lastSentAt, withheldReason };
}

/** What became of the newest signals, of any process. */
export async function deadManState({ db }: Pick<Database, "db">): Promise<DeadManState> {
  const { rows } = await sql<{ sent: string | null; reason: string | null }>`
    SELECT settings #>> '{deadman,last_sent_at}' AS sent, settings #>> '{deadman,withheld_reason}' AS reason
    FROM projects WHERE is_house`.execute(db);
  const { sent = null, reason = null } = rows[0] ?? {};
  return { lastSentAt: sent === null ? null : new Date(sent), withheldReason: reason };
}

async function whatIsWrong({ database }: DeadManDeps): Promise<string | null> {
  const { oldestDueS } = await queueState(database);
  if (oldestDueS === null || oldestDueS <= DUE_MAX_S) return null;
  return `Nothing is taken up: the oldest execution that is due has waited for ${Math.round(oldestDueS / 60)} minutes.`;
}

async function call({ http, url }: DeadManDeps): Promise<string | null> {
  try {
    const { status } = await http.request({ method: "GET", url, timeoutMs: WITHIN_MS, bytesMax: 65_536 });
    return status < 400 ? null : `The service answered with status ${status}.`;
  } catch (error) {
    return `The service was not reached: ${error instanceof Error ? error.message : String(error)}`;
  }
}

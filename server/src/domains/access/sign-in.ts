import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId } from "../../platform/ids/ids.ts";
import { hashSecret, newToken } from "./keys.ts";

const LINK_MINUTES = 60;
const SESSION_DAYS = 7;

export interface SignedIn {
  readonly userId: string;
  readonly login: string;
}

/** The one local user of a fresh installation, made at the first call. Several callers at once get the same one. */
export async function localUser(db: Kysely<DB>): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    WITH made AS (
      INSERT INTO users (id, github_login) SELECT ${newId()}::uuid, 'admin'
      WHERE NOT EXISTS (SELECT 1 FROM users) RETURNING id, created_at
    )
    SELECT id FROM made UNION ALL (SELECT id FROM users ORDER BY created_at LIMIT 1) LIMIT 1`.execute(db);
  const id = rows[0]?.id;
  if (id === undefined) throw new Error("the local user was neither made nor found");
  return id;
}

/** The token of a one-time sign-in link, valid for an hour. Only its hash is stored. */
export async function createLoginLink(db: Kysely<DB>): Promise<string> {
  const token = newToken();
  const user_id = await localUser(db);
  const expires_at = sql<Date>`now() + make_interval(mins => ${LINK_MINUTES})`;
  await db
    .insertInto("login_links")
    .values({ token_hash: hashSecret(token), user_id, expires_at })
    .execute();
  return token;
}

/** Uses up a link. @returns the token of a new session of seven days, or null when the link is unknown, old or used. */
export async function redeemLoginLink(db: Kysely<DB>, token: string): Promise<string | null> {
  const session = newToken();
  const { rows } = await sql`
    WITH used AS (
      UPDATE login_links SET used_at = now()
      WHERE token_hash = ${hashSecret(token)} AND used_at IS NULL AND expires_at > now() RETURNING user_id
    )
    INSERT INTO sessions (token_hash, user_id, expires_at)
    SELECT ${hashSecret(session)}, user_id, now() + make_interval(days => ${SESSION_DAYS}) FROM used RETURNING 1`.execute(
    db,
  );
  return rows.length === 1 ? session : null;
}

/** Who a session token belongs to, or null. */
export async function sessionUser(db: Kysely<DB>, token: string): Promise<SignedIn | null> {
  const row = await db
    .selectFrom("sessions as s")
    .innerJoin("users as u", "u.id", "s.user_id")
    .select(["u.id", "u.github_login"])
    .where("s.token_hash", "=", hashSecret(token))
    .where("s.expires_at", ">", sql<Date>`now()`)
    .executeTakeFirst();
  return row === undefined ? null : { userId: row.id, login: row.github_login };
}

/** Ends a session. Ending it twice is fine. */
export async function signOut(db: Kysely<DB>, token: string): Promise<void> {
  await db.deleteFrom("sessions").where("token_hash", "=", hashSecret(token)).execute();
}

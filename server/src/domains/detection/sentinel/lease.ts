import { sql } from "kysely";
import type { Database } from "../../../platform/db/open-database.ts";

const LEASE_S = 90;

/** Takes the lease, or keeps it, for 90 s by the clock of the database. @returns false where another process has it. */
export async function takeLease({ db }: Pick<Database, "db">, name: string, holder: string): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO sentinel_leases AS l (name, holder, until_at)
    VALUES (${name}, ${holder}, clock_timestamp() + make_interval(secs => ${LEASE_S}))
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_at = excluded.until_at
    WHERE l.holder = excluded.holder OR l.until_at < clock_timestamp()
    RETURNING name`.execute(db);
  return rows.length > 0;
}

/** Gives the lease back, so that another process need not wait for its end. */
export async function giveLease({ db }: Pick<Database, "db">, name: string, holder: string): Promise<void> {
  await sql`DELETE FROM sentinel_leases WHERE name = ${name} AND holder = ${holder}`.execute(db);
}

import { randomBytes } from "node:crypto";
import pg from "pg";
import { CulpritError } from "../../errors/culprit-error.ts";
import { inTransaction } from "../in-transaction.ts";
import { IS_OWN, OWN_SCHEMAS } from "../own-schemas.ts";
import { scramVerifier } from "./scram-verifier.ts";
import { isSecretColumn, isSecretTable } from "./secret-columns.ts";

/** What a reader may see now. */
export interface ReadonlyGrant {
  readonly role: string;
  readonly isNew: boolean;
  /** Made here for a new role, and known nowhere else; null when it was given or the role existed. */
  readonly generatedPassword: string | null;
  readonly schemas: readonly string[];
  /** Tables and views that may be read, whole or in part. */
  readonly readable: readonly string[];
  /** Tables and columns that may not be read, because they hold secrets. */
  readonly withheld: readonly string[];
}

const ROLE_NAME = /^[a-z_][a-z0-9_]{0,62}$/;
const PASSWORD = /^[\x21-\x7e]{12,200}$/;

/**
 * Makes `role` a login that reads Culprit's tables and views, not the secrets, and writes nothing; makes the role where it
 * is missing. Idempotent. Tables to come are granted when they have come (`regrantReaders`), because a default privilege would grant secrets too. A password
 * that is given replaces the old one.
 * @throws CulpritError INVALID_REQUEST for a bad name or password, CONFLICT for a role that may do more than read,
 *   FORBIDDEN when this database user may not make roles.
 */
export async function grantReadonly(
  pool: pg.Pool,
  role: string,
  { password }: { readonly password?: string | undefined } = {},
): Promise<ReadonlyGrant> {
  checkInput(role, password);
  const name = pg.escapeIdentifier(role);
  return inTransaction(pool, "begin", async (client) => {
    const isNew = !(await roleExists(client, role));
    const generatedPassword = isNew && password === undefined ? randomBytes(24).toString("base64url") : null;
    const chosen = password ?? generatedPassword;
    const verifier = chosen === null ? "" : ` password ${pg.escapeLiteral(scramVerifier(chosen))}`;
    try {
      await client.query(`${isNew ? "create" : "alter"} role ${name} login${verifier}`);
      await client.query(`alter role ${name} set default_transaction_read_only = on`);
    } catch (cause) {
      throw explain(cause, role);
    }
    await grantDatabase(client, name);
    const schemas = await grantSchemas(client, name);
    return { role, isNew, generatedPassword, schemas, ...(await grantTables(client, name)) };
  });
}

/** Logins that read `incidents` and are set to write nothing, as this module makes them. */
const READERS = `
select r.rolname as role from pg_class c cross join lateral aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee
where c.oid = to_regclass('public.incidents') and a.privilege_type = 'SELECT' and r.rolcanlogin and not r.rolsuper and a.grantee <> c.relowner
  and 'default_transaction_read_only=on' = any(r.rolconfig) order by 1`;

/**
 * Gives the readers that were granted before what has come since: new tables and columns, but no secrets. To be called when the schema has
 * changed. Idempotent. @returns the readers.
 */
export async function regrantReaders(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ role: string }>(READERS);
  for (const { role } of rows)
    await inTransaction(pool, "begin", async (client) => {
      const name = pg.escapeIdentifier(role);
      await grantSchemas(client, name);
      await grantTables(client, name);
    });
  return rows.map(({ role }) => role);
}

function checkInput(role: string, password: string | undefined): void {
  if (!ROLE_NAME.test(role) || role.startsWith("pg_") || role.startsWith("culprit"))
    throw new CulpritError(
      "INVALID_REQUEST",
      `The role name ${JSON.stringify(role)} will not do: use lower case letters, digits and _, up to 63, not beginning with a digit, pg_ or culprit.`,
      { details: { field: "NAME", provided: role } },
    );
  if (password !== undefined && !PASSWORD.test(password))
    throw new CulpritError(
      "INVALID_REQUEST",
      "The password (not shown) will not do: use 12 to 200 printable ASCII characters without blanks, or leave it out to get one made.",
      { details: { field: "password-env" } },
    );
}

/** Whether the role is there; refuses one that is more than a reader, because it would stay so. */
async function roleExists(client: pg.PoolClient, role: string): Promise<boolean> {
  const { rows } = await client.query<{ isMore: boolean; owns: boolean }>(
    `select r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolbypassrls or r.rolreplication or r.rolname = current_user as "isMore",
       exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relowner = r.oid and ${IS_OWN})
       or exists (select 1 from pg_auth_members m where m.member = r.oid) as owns
     from pg_roles r where r.rolname = $2`,
    [OWN_SCHEMAS, role],
  );
  const found = rows[0];
  if (found === undefined) return false;
  if (!found.isMore && !found.owns) return true;
  throw new CulpritError(
    "CONFLICT",
    `The role ${role} exists and may do more than read (it is an administrator, owns tables or is a member of another role). Choose another name.`,
    { details: { field: "NAME", provided: role } },
  );
}

function explain(cause: unknown, role: string): unknown {
  if (!(cause instanceof Error && "code" in cause && cause.code === "42501")) return cause;
  return new CulpritError(
    "FORBIDDEN",
    `This database user may not make or change the role ${role}. Let an administrator run CREATE ROLE ${role} LOGIN PASSWORD '…'; ` +
      `GRANT ${role} TO CURRENT_USER WITH ADMIN OPTION; or give this user CREATEROLE, then run the command again.`,
    { cause },
  );
}

async function grantDatabase(client: pg.PoolClient, name: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>("select current_database() as name");
  await client.query(`grant connect on database ${pg.escapeIdentifier(rows[0]?.name ?? "")} to ${name}`);
}

async function grantSchemas(client: pg.PoolClient, name: string): Promise<string[]> {
  const { rows } = await client.query<{ schema: string }>(
    "select nspname as schema from pg_namespace where nspname = any($1) order by 1",
    [OWN_SCHEMAS],
  );
  for (const { schema } of rows) await client.query(`grant usage on schema ${pg.escapeIdentifier(schema)} to ${name}`);
  return rows.map(({ schema }) => schema);
}

async function grantTables(client: pg.PoolClient, name: string): Promise<Pick<ReadonlyGrant, "readable" | "withheld">> {
  const { rows } = await client.query<{ schema: string; table: string; columns: string[] }>(
    `select n.nspname as schema, c.relname as table,
       array(select attname::text from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped order by attnum) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition and ${IS_OWN} order by 1, 2`,
    [OWN_SCHEMAS],
  );
  const readable: string[] = [];
  const withheld: string[] = [];
  for (const { schema, table, columns } of rows) {
    const shown = schema === "public" ? table : `${schema}.${table}`;
    const open = isSecretTable(table) ? [] : columns.filter((column) => !isSecretColumn(column));
    const isWhole = open.length === columns.length;
    const target = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)}`;
    // What an earlier run granted may be a secret by now.
    await client.query(`revoke all on ${target} from ${name}`);
    if (open.length > 0) {
      const list = isWhole ? "" : ` (${open.map((column) => pg.escapeIdentifier(column)).join(", ")})`;
      await client.query(`grant select${list} on ${target} to ${name}`);
      readable.push(shown);
    }
    if (open.length === 0) withheld.push(shown);
    else if (!isWhole)
      withheld.push(...columns.filter((column) => !open.includes(column)).map((one) => `${shown}.${one}`));
  }
  return { readable, withheld };
}

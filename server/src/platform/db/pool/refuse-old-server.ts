import { CulpritError } from "../../errors/culprit-error.ts";

/** `NULLS NOT DISTINCT` and `security_invoker` came with PostgreSQL 15. */
const VERSION_MIN = 150_000;

/** Throws `CONFIG_INVALID` for a server before PostgreSQL 15; `versionNum` is its `server_version_num`, like 150004. */
export function refuseOldServer(versionNum: number): void {
  if (versionNum >= VERSION_MIN) return;
  const found = `${Math.floor(versionNum / 10_000)}.${versionNum % 10_000}`;
  throw new CulpritError(
    "CONFIG_INVALID",
    `DATABASE_URL reaches PostgreSQL ${found}, and Culprit needs 15 or later. Upgrade that server, or leave DATABASE_URL ` +
      "empty to use the embedded one.",
    { details: { field: "DATABASE_URL", provided: found } },
  );
}

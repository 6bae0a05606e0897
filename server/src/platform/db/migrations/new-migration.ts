import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CulpritError } from "../../errors/culprit-error.ts";
import { MIGRATIONS_FOLDER } from "./migration-files.ts";

/**
 * The paths of two new files for a migration of this name, made with a comment that says what belongs there.
 * `name` is snake case, like `add_incident_owner`; `now` gives the version. Throws `INVALID_REQUEST` for another name.
 */
export async function newMigration(
  name: string,
  { now, folder = MIGRATIONS_FOLDER }: { readonly now: Date; readonly folder?: string },
): Promise<{ upFile: string; downFile: string }> {
  if (!/^[a-z0-9]+(_[a-z0-9]+)*$/.test(name)) {
    throw new CulpritError(
      "INVALID_REQUEST",
      `"${name}" is no migration name. Use snake case, like add_incident_owner.`,
      {
        details: { field: "name", provided: name },
      },
    );
  }
  const version = now.toISOString().replace(/\D/g, "").slice(0, 14);
  const upFile = join(folder, `${version}_${name}.up.sql`);
  const downFile = join(folder, `${version}_${name}.down.sql`);
  await writeFile(
    upFile,
    "-- What this is for. Begin with the line `-- breaking` if older code must not run after it.\n",
    {
      flag: "wx",
    },
  );
  await writeFile(downFile, "-- Undoes the up file, newest thing first.\n", { flag: "wx" });
  return { upFile, downFile };
}

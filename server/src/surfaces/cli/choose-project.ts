import { listProjects } from "../../domains/access/index.ts";
import type { Database } from "../../platform/db/open-database.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { fromPublicId } from "../../platform/ids/ids.ts";

/**
 * The key of the project that `--project` names, by id or name; the only one there is where it is left out.
 * @throws CulpritError NOT_FOUND, or INVALID_REQUEST where one has to be named.
 */
export async function chooseProject(db: Database["db"], named: string | boolean | undefined): Promise<string> {
  const projects = await listProjects(db);
  if (typeof named === "string") {
    const found = projects.find(({ id, name }) => id === named || name === named);
    if (found !== undefined) return fromPublicId("proj", found.id);
    throw new CulpritError(
      "NOT_FOUND",
      `There is no project ${JSON.stringify(named)}. culprit project list names them.`,
    );
  }
  const [only, ...more] = projects;
  if (only !== undefined && more.length === 0) return fromPublicId("proj", only.id);
  throw new CulpritError(
    "INVALID_REQUEST",
    only === undefined
      ? "There is no project yet. Make one with: culprit project create NAME"
      : "There are several projects: say which with --project NAME.",
  );
}

export const projectFlag = {
  project: { type: "string", doc: "The project, by name or id; where there are several." },
} as const;

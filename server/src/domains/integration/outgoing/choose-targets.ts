import { sql } from "kysely";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { IntegrationServices } from "../integration-services.ts";
import type { IntegrationType } from "../provider-port.ts";

export interface Target {
  readonly id: string;
  readonly name: string;
  readonly type: string;
}

/**
 * The switched-on integrations of a project that can do something (send messages, hold tickets): those that are named by their name
 * or their type, each once, in that order; all of them where none is named.
 * @throws CulpritError NOT_FOUND for a name that is none of them.
 */
export async function chooseTargets(
  services: Pick<IntegrationServices, "database" | "providers">,
  request: { readonly projectId: string; readonly named: readonly string[]; readonly can: "outgoing" | "tickets" },
): Promise<readonly Target[]> {
  const { rows } = await sql<Target>`
    SELECT id, name, type FROM integrations WHERE project_id = ${request.projectId} AND enabled ORDER BY created_at, id`.execute(
    services.database.db,
  );
  const able = rows.filter(({ type }) => services.providers.get(type as IntegrationType)?.[request.can] !== undefined);
  if (request.named.length === 0) return able;
  const chosen = request.named.flatMap((word) => {
    const wanted = word.toLowerCase();
    const byName = able.filter(({ name }) => name.toLowerCase() === wanted);
    const found = byName.length > 0 ? byName : able.filter(({ type }) => type === wanted);
    if (found.length > 0) return found;
    const what = request.can === "outgoing" ? "sends messages" : "holds tickets";
    throw new CulpritError(
      "NOT_FOUND",
      `The project has no integration of the name or type ${JSON.stringify(word)} that is switched on and ${what}. Connect one, or name another: ${able.map(({ name }) => name).join(", ") || "there is none yet"}.`,
    );
  });
  return [...new Map(chosen.map((target) => [target.id, target])).values()];
}

import type { Kysely } from "kysely";
import { serviceOfProject } from "../../../analysis/signal/index.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";

const REMEMBERED_MS = 60_000;

/** The service that a project is where its telemetry names none: the project's own name, looked up once a minute at most. */
export function projectServices(
  db: Kysely<DB>,
  nowMs: () => number = () => performance.now(),
): (projectId: string) => Promise<string> {
  const known = new Map<string, { readonly service: Promise<string>; readonly atMs: number }>();
  const lookUp = async (projectId: string) => {
    const row = await db.selectFrom("projects").select("name").where("id", "=", projectId).executeTakeFirst();
    return row === undefined ? "unknown" : serviceOfProject(row.name);
  };
  return (projectId) => {
    const found = known.get(projectId);
    if (found !== undefined && nowMs() - found.atMs < REMEMBERED_MS) return found.service;
    const service = lookUp(projectId);
    known.set(projectId, { service, atMs: nowMs() });
    service.catch(() => known.delete(projectId));
    return service;
  };
}

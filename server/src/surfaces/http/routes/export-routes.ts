import { exportQuerySchema } from "@culprit/contract";
import type { FastifyInstance } from "fastify";
import type { KeyRing } from "../../../domains/access/index.ts";
import type { ChangeDeps } from "../../../domains/change/index.ts";
import { loadHandover } from "../../../domains/repair/index.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import { exportIncident } from "../../export/export-incident.ts";
import { requireCaller } from "../authenticate.ts";
import { tenantOf } from "../caller-scope.ts";
import { incidentDetail } from "../incident-detail.ts";

interface ExportDeps extends ChangeDeps {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly publicUrl: () => string;
}

/** An incident as a file: Markdown, HTML, JSON or PDF. */
export function registerExportRoutes(app: FastifyInstance, deps: ExportDeps): void {
  const { database, keys, publicUrl } = deps;
  app.get<{ Params: { id: string } }>("/api/incidents/:id/export", async (request, reply) => {
    const caller = await requireCaller(request, { db: database.db, keys });
    const { format } = exportQuerySchema.parse(request.query);
    const scope = database.asTenant(tenantOf(caller));
    const id = fromPublicId("inc", request.params.id);
    const incident = await incidentDetail({ ...deps, database: scope }, id, caller.projectId);
    const handover = await loadHandover(scope.db, id);
    const url = `${publicUrl()}/incidents/${incident.id}`;
    const file = await exportIncident({ incident, handover, url, now: new Date() }, format);
    return reply
      .header("content-type", file.contentType)
      .header("content-disposition", `attachment; filename="${file.name}"`)
      .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
      .send(file.body);
  });
}

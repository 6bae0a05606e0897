import {
  detectorInputSchema,
  detectorNameSchema,
  gateDryRunSchema,
  gateHistorySchema,
  gatePolicyInputSchema,
  gatePolicyMoveSchema,
  incidentDecisionInputSchema,
  maintenanceInputSchema,
  shadowListQuerySchema,
} from "@culprit/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { KeyRing } from "../../../domains/access/index.ts";
import {
  announceMaintenance,
  endMaintenance,
  findPolicy,
  listDetectors,
  listMaintenance,
  listPolicies,
  listShadow,
  movePolicy,
  setDetector,
  tellStates,
  tryOnHistory,
  writePolicy,
} from "../../../domains/detection/index.ts";
import { decideIncident } from "../../../domains/incident/index.ts";
import type { TelemetryStore } from "../../../domains/telemetry/index.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import { actorOf } from "../actor-of.ts";
import { requireCaller } from "../authenticate.ts";
import { projectOfRequest, tenantOf } from "../caller-scope.ts";
import { whoOf } from "../who-of.ts";

export interface DetectionDeps {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly telemetryStore: TelemetryStore;
  readonly now: () => Date;
}

type ByVersion = { readonly Params: { readonly version: string } };
const versionSchema = z.object({ version: z.coerce.number().int().min(0) });

const decisionPaths = [
  ["approve", "approved"],
  ["suppress", "suppressed"],
] as const;

/** Detectors, maintenance, the gate's policies, and its decisions made by people. */
export function registerDetectionRoutes(app: FastifyInstance, deps: DetectionDeps): void {
  const { database, keys, telemetryStore, now } = deps;
  const callerOf = (request: FastifyRequest) => requireCaller(request, { db: database.db, keys });
  const projectOf = async (request: FastifyRequest) => {
    const caller = await callerOf(request);
    const own = projectOfRequest(request, caller, database);
    return { ...own, tenant: tenantOf({ ...caller, projectId: own.projectId }), by: whoOf(caller).name };
  };

  app.get("/api/detectors", async (request) => {
    const { projectId, scope, tenant } = await projectOf(request);
    const detectors = await listDetectors(scope.db, projectId);
    const of = { projectId, now: now() };
    return { items: await tellStates(scope, telemetryStore.asTenant(tenant), of, detectors), next_cursor: null };
  });

  app.put<{ Params: { name: string } }>("/api/detectors/:name", async (request) => {
    const { name } = z.object({ name: detectorNameSchema }).parse(request.params);
    const input = detectorInputSchema.parse(request.body);
    const { projectId, scope, by } = await projectOf(request);
    return setDetector(scope, { ...input, projectId, name, by });
  });

  app.get("/api/maintenance-windows", async (request) => {
    const { projectId, scope } = await projectOf(request);
    return { items: await listMaintenance(scope.db, projectId, now()), next_cursor: null };
  });

  app.post("/api/maintenance-windows", async (request, reply) => {
    const { service, environment, starts_at, ends_at, reason } = maintenanceInputSchema.parse(request.body);
    const { projectId, scope, by } = await projectOf(request);
    const startsAt = starts_at === undefined ? now() : new Date(starts_at);
    const endsAt = new Date(ends_at);
    if (endsAt <= startsAt || endsAt <= now())
      throw new CulpritError("INVALID_REQUEST", "ends_at is over already: nothing would be expected.", {
        details: { field: "ends_at", provided: ends_at },
      });
    const said = { projectId, service, environment, startsAt, endsAt, reason, by };
    return reply.code(201).send(await announceMaintenance(scope, said));
  });

  app.post<{ Params: { id: string } }>("/api/maintenance-windows/:id/end", async (request) => {
    const { projectId, scope } = await projectOf(request);
    return endMaintenance(scope, { projectId, windowId: fromPublicId("mnt", request.params.id), now: now() });
  });

  app.get("/api/gate-policies", async (request) => {
    const { projectId, scope } = await projectOf(request);
    return { items: await listPolicies(scope.db, projectId), next_cursor: null };
  });

  app.post("/api/gate-policies", async (request, reply) => {
    const input = gatePolicyInputSchema.parse(request.body);
    const { projectId, scope, by } = await projectOf(request);
    return reply.code(201).send(await writePolicy(scope, { ...input, projectId, by }));
  });

  app.post("/api/gate-policies/dry-run", async (request) => {
    const { policy, days } = gateDryRunSchema.parse(request.body);
    const { projectId, scope } = await projectOf(request);
    return scope.snapshot((tx) => tryOnHistory(tx, { projectId, policy, days, now: now() }));
  });

  app.post<ByVersion>("/api/gate-policies/:version/status", async (request) => {
    const { version } = versionSchema.parse(request.params);
    const { status } = gatePolicyMoveSchema.parse(request.body);
    const { projectId, scope } = await projectOf(request);
    await movePolicy(scope, { projectId, version, status });
    return { items: await listPolicies(scope.db, projectId), next_cursor: null };
  });

  app.post<ByVersion>("/api/gate-policies/:version/shadow", async (request) => {
    const { version } = versionSchema.parse(request.params);
    const { days } = gateHistorySchema.parse(request.body ?? {});
    const { projectId, scope } = await projectOf(request);
    return scope.snapshot(async (tx) => {
      const { policy } = await findPolicy(tx, projectId, version);
      return tryOnHistory(tx, { projectId, policy, days, now: now() });
    });
  });

  app.get<ByVersion>("/api/gate-policies/:version/shadow", async (request) => {
    const { version } = versionSchema.parse(request.params);
    const { differences, limit, cursor } = shadowListQuerySchema.parse(request.query);
    const { projectId, scope } = await projectOf(request);
    return scope.snapshot(async (tx) => {
      const { policyId } = await findPolicy(tx, projectId, version);
      if (policyId === null) return { items: [], next_cursor: null };
      return listShadow(tx, { projectId, policyId, onlyDifferences: differences, limit, cursor });
    });
  });

  for (const [path, decision] of decisionPaths)
    app.post<{ Params: { id: string } }>(`/api/incidents/:id/${path}`, async (request, reply) => {
      const caller = await callerOf(request);
      const { reason } = incidentDecisionInputSchema.parse(request.body);
      const incidentId = fromPublicId("inc", request.params.id);
      const asked = { incidentId, projectId: caller.projectId, decision, reason, actor: actorOf(caller) };
      const decided = await database.asTenant(tenantOf(caller)).transaction((tx) => decideIncident(tx, asked));
      return reply.code(202).send({ id: request.params.id, ...decided });
    });
}

import {
  type TopologyReply,
  type TouchingCommits,
  topologyInputSchema,
  topologyQuerySchema,
  touchingCommitsQuerySchema,
} from "@culprit/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { KeyRing } from "../../../domains/access/index.ts";
import { observeEdges, parseTopologyKey, serviceKeys, type Topology } from "../../../domains/change/index.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { chooseService } from "../../choose-service.ts";
import { topologyReply, touchingCommitsReply } from "../../topology-reply.ts";
import { visibleScope } from "../visible-project.ts";

export interface TopologyRouteDeps {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly topology: Topology;
  readonly now: () => Date;
}

/** Who calls whom: to read, and to say what no trace tells. */
export function registerTopologyRoutes(app: FastifyInstance, deps: TopologyRouteDeps): void {
  const { topology, now } = deps;

  /** The project, and the key of a service of it that the caller names. */
  const placeOf = async (request: FastifyRequest, service: string, environment: string) => {
    const { projectId, scope } = await visibleScope(request, deps);
    const keysOf = (ending?: string) => serviceKeys(scope.db, projectId, ending);
    return { projectId, serviceKey: await chooseService(service, environment, keysOf) };
  };

  app.get("/api/topology", async (request): Promise<TopologyReply> => {
    const { service, environment, hops } = topologyQuerySchema.parse(request.query);
    const { projectId, serviceKey } = await placeOf(request, service, environment);
    return topologyReply(topology, { projectId, environment, serviceKey, hopsMax: hops });
  });

  app.get("/api/topology/commits", async (request): Promise<TouchingCommits> => {
    const { service, environment, hops, since } = touchingCommitsQuerySchema.parse(request.query);
    const { projectId, serviceKey } = await placeOf(request, service, environment);
    const query = { projectId, environment, serviceKey, hopsMax: hops };
    return touchingCommitsReply(topology, { ...query, since: new Date(since) });
  });

  app.post("/api/topology", async (request, reply) => {
    const { environment, edges } = topologyInputSchema.parse(request.body);
    const { projectId, scope } = await visibleScope(request, deps);
    const known = await serviceKeys(scope.db, projectId);
    const declared = edges.map(({ from, to, engine }) => ({
      ...{ projectId, environment },
      ...{ fromKey: wholeKey(from, environment, known), toKey: wholeKey(to, environment, known) },
      ...{ engine: engine ?? null, source: "manual" as const, seenAt: now() },
    }));
    for (const { fromKey, toKey } of declared) {
      if (parseTopologyKey(fromKey)?.kind === "service" && parseTopologyKey(toKey) !== null && fromKey !== toKey)
        continue;
      throw new CulpritError(
        "INVALID_REQUEST",
        `${JSON.stringify(fromKey)} → ${JSON.stringify(toKey)}: a service calls another service, or <kind>:<name> such as database:orders.`,
      );
    }
    await observeEdges(scope.db, declared);
    return reply.code(201).send({ declared: declared.length });
  });
}

/** A bare name is the one service that has it, else a new one of the environment. */
function wholeKey(key: string, environment: string, known: readonly string[]): string {
  if (key.includes("/") || key.includes(":")) return key;
  const plain = `default/${environment}/${key}`;
  const [only, ...more] = known.includes(plain) ? [plain] : known.filter((one) => one.endsWith(`/${key}`));
  return only !== undefined && more.length === 0 ? only : plain;
}

import { randomUUID } from "node:crypto";
import fastifyCookie from "@fastify/cookie";
import Fastify, { type FastifyInstance } from "fastify";
import type { EngineCheck } from "../../platform/engines/engine-check.ts";
import type { Log } from "../../platform/log/log.ts";
import { replyWithErrors } from "./error-reply.ts";
import { noteWrites } from "./read-list.ts";
import { readToEnd } from "./read-to-end.ts";
import { type ApiDeps, registerApiRoutes } from "./routes/api-routes.ts";
import { registerAutopsyRoutes } from "./routes/autopsy-routes.ts";
import { registerCallbackRoutes } from "./routes/callback-routes.ts";
import { registerChangeRoutes } from "./routes/change-routes.ts";
import { type DetectionDeps, registerDetectionRoutes } from "./routes/detection-routes.ts";
import { type ExecutionDeps, registerExecutionRoutes } from "./routes/execution-routes.ts";
import { registerExportRoutes } from "./routes/export-routes.ts";
import { registerFeedbackRoutes } from "./routes/feedback-routes.ts";
import { registerGitHubHookRoutes } from "./routes/github-hook-routes.ts";
import { type GitHubDeps, registerGitHubRoutes } from "./routes/github-routes.ts";
import { type HookDeps, registerHookRoutes } from "./routes/hook-routes.ts";
import { type IngestDeps, registerIngestRoutes } from "./routes/ingest-routes.ts";
import { type IntegrationDeps, registerIntegrationRoutes } from "./routes/integration-routes.ts";
import { registerLearningRoutes } from "./routes/learning-routes.ts";
import { type OperationsDeps, registerOperationsRoutes } from "./routes/operations-routes.ts";
import { registerPageRoutes } from "./routes/page-routes.ts";
import { registerPullRequestRoutes } from "./routes/pull-request-routes.ts";
import { registerReadyWorkflowRoutes } from "./routes/ready-workflow-routes.ts";
import { registerScrapeRoutes, type ScrapeRouteDeps } from "./routes/scrape-routes.ts";
import { registerSearchRoutes, type SearchRouteDeps } from "./routes/search-routes.ts";
import { registerStatsRoutes } from "./routes/stats-routes.ts";
import { registerTelemetryReadRoutes, type TelemetryReadDeps } from "./routes/telemetry-read-routes.ts";
import { registerTelemetryRoutes, type TelemetryRouteDeps } from "./routes/telemetry-routes.ts";
import { registerTopologyRoutes, type TopologyRouteDeps } from "./routes/topology-routes.ts";
import { registerTriggerRoutes, type TriggerRouteDeps } from "./routes/trigger-routes.ts";
import { registerWebhookRoutes } from "./routes/webhook-routes.ts";
import { registerWorkflowRoutes, type WorkflowDeps } from "./routes/workflow-routes.ts";

export interface ServerDeps
  extends ApiDeps,
    IngestDeps,
    TelemetryRouteDeps,
    TelemetryReadDeps,
    TopologyRouteDeps,
    SearchRouteDeps,
    WorkflowDeps,
    ExecutionDeps,
    TriggerRouteDeps,
    HookDeps,
    GitHubDeps,
    IntegrationDeps,
    DetectionDeps,
    ScrapeRouteDeps,
    OperationsDeps {
  readonly log: Log;
  readonly webFolder: string;
  readonly startedAt: Date;
  /** How the engines beside the database stand. */
  readonly checkEngines: () => Promise<readonly EngineCheck[]>;
}

/** The HTTP server with all its routes, not listening yet. */
export async function buildServer(deps: ServerDeps): Promise<FastifyInstance> {
  const app = Fastify({
    // Requests are checked by zod, so Fastify's own compilers of schemas are not loaded: 100 modules.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    logger: false,
    bodyLimit: deps.bodyBytesMax,
    // The path's parameters are ids and tokens; nothing longer is one.
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: false },
    genReqId: () => randomUUID(),
    requestTimeout: 60_000,
    keepAliveTimeout: 75_000,
    forceCloseConnections: "idle",
  });
  replyWithErrors(app, deps.log, deps.bodyBytesMax);
  // With a callback: a promise for each answer is measurable where ten thousand come in a second.
  app.addHook("onSend", (request, reply, payload, done) => {
    reply.header("x-request-id", request.id);
    if (reply.statusCode === 413) readToEnd(request, reply);
    done(null, payload);
  });
  await app.register(async (scope) => registerIngestRoutes(scope, deps));
  await app.register(async (scope) => registerTelemetryRoutes(scope, deps));
  await app.register(async (scope) => registerWebhookRoutes(scope, deps));
  await app.register(async (scope) => registerHookRoutes(scope, deps));
  await app.register(async (scope) => registerGitHubHookRoutes(scope, deps));
  await app.register(async (scope) => {
    await scope.register(fastifyCookie);
    scope.addHook("onSend", async (_request, reply) => {
      reply.header("x-content-type-options", "nosniff");
      reply.header("referrer-policy", "no-referrer");
      reply.header("x-frame-options", "DENY");
      // A page that has its own may lead to GitHub.
      if (reply.hasHeader("content-security-policy")) return;
      reply.header(
        "content-security-policy",
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
      );
    });
    noteWrites(scope, deps.database);
    registerApiRoutes(scope, deps);
    registerExportRoutes(scope, deps);
    registerFeedbackRoutes(scope, deps);
    registerPullRequestRoutes(scope, deps);
    registerAutopsyRoutes(scope, deps);
    registerLearningRoutes(scope, deps);
    registerWorkflowRoutes(scope, deps);
    registerReadyWorkflowRoutes(scope, deps);
    registerExecutionRoutes(scope, deps);
    registerTriggerRoutes(scope, deps);
    registerChangeRoutes(scope, deps);
    registerIntegrationRoutes(scope, deps);
    registerDetectionRoutes(scope, deps);
    registerStatsRoutes(scope, deps);
    registerTelemetryReadRoutes(scope, deps);
    registerTopologyRoutes(scope, deps);
    registerSearchRoutes(scope, deps);
    await scope.register(async (github) => registerGitHubRoutes(github, deps));
    await scope.register(async (callbacks) => registerCallbackRoutes(callbacks, deps));
    registerScrapeRoutes(scope, deps);
    registerOperationsRoutes(scope, deps);
    await registerPageRoutes(scope, { ...deps, isSecure: () => deps.publicUrl().startsWith("https:") });
  });
  return app;
}

function noSchemas(): never {
  throw new Error("a route has a schema of Fastify's; check its input by zod");
}

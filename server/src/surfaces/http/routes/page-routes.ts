import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { type KeyRing, redeemLoginLink, signOut } from "../../../domains/access/index.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import type { EngineCheck } from "../../../platform/engines/engine-check.ts";
import { SESSION_COOKIE } from "../authenticate.ts";

const WEEK_S = 7 * 24 * 3600;

/** /health is asked by anybody and often, so engines are asked once in this time. */
const ENGINES_FOR_MS = 5_000;
const checks = new WeakMap<object, { readonly atMs: number; readonly answer: Promise<readonly EngineCheck[]> }>();

/** What the engines said a moment ago; an engine that is away is told, and does not make Culprit unhealthy: it takes in all the same. */
function checkedLately(ask: () => Promise<readonly EngineCheck[]>): Promise<readonly EngineCheck[]> {
  const known = checks.get(ask);
  if (known !== undefined && performance.now() - known.atMs < ENGINES_FOR_MS) return known.answer;
  const answer = ask().catch((error: unknown) => [
    { engine: "engines", isHealthy: false, message: error instanceof Error ? error.message : String(error) },
  ]);
  checks.set(ask, { atMs: performance.now(), answer });
  return answer;
}

/** Where the page draws itself; all other unknown paths stay 404. */
const pagePaths = ["/", "/approvals", "/operations", "/ledger", "/incidents/*", "/services", "/telemetry"].concat(
  ["/search", "/detection", "/learning", "/figures"],
  ["/projects", "/workflows", "/executions", "/integrations"].flatMap((path) => [path, `${path}/*`]),
);

/** Sign-in by a one-time link, sign-out, health, and the built page. */
export async function registerPageRoutes(
  app: FastifyInstance,
  deps: {
    readonly database: Database;
    readonly keys: KeyRing;
    readonly webFolder: string;
    readonly isSecure: () => boolean;
    readonly startedAt: Date;
    readonly checkEngines: () => Promise<readonly EngineCheck[]>;
  },
): Promise<void> {
  const { database, webFolder } = deps;

  // The list of incidents is the first page.
  app.get("/incidents", async (_request, reply) => reply.redirect("/", 302));

  app.get("/health", async (_request, reply) => {
    const health = await database.health();
    const engines = health.isHealthy ? await checkedLately(deps.checkEngines) : [];
    const { replica } = database;
    const uptime = Math.round((Date.now() - deps.startedAt.getTime()) / 1000);
    return reply.code(health.isHealthy ? 200 : 503).send({
      status: health.isHealthy ? "ok" : "unhealthy",
      db: health.isHealthy ? "connected" : "unreachable",
      uptime,
      ...(replica === null ? {} : { replica: replica.use.status, replica_lag_ms: replica.use.lagMs }),
      ...(health.reason === null ? {} : { reason: health.reason }),
      engines: engines.map(({ engine, serves, isHealthy, message }) => ({
        ...{ engine, serves, status: isHealthy ? "ok" : "unhealthy", message },
      })),
    });
  });

  app.get<{ Params: { token: string } }>("/login/:token", async (request, reply) => {
    const session = await redeemLoginLink(database.db, request.params.token);
    if (session === null) {
      deps.keys.refused.link(request.params.token, request.ip);
      return reply.redirect("/?signin=expired");
    }
    return reply
      .setCookie(SESSION_COOKIE, session, {
        httpOnly: true,
        sameSite: "lax",
        path: "/",
        maxAge: WEEK_S,
        secure: deps.isSecure(),
      })
      .redirect("/");
  });

  app.post("/api/auth/logout", async (request, reply) => {
    const session = request.cookies[SESSION_COOKIE];
    if (session !== undefined) await signOut(database.db, session);
    return reply.clearCookie(SESSION_COOKIE, { path: "/" }).send({ success: true });
  });

  if (!existsSync(join(webFolder, "index.html"))) {
    app.get("/", (_request, reply) =>
      reply.type("text/plain").send("The page is not built. Run `npm run setup`, then start Culprit again.\n"),
    );
    return;
  }
  await app.register(fastifyStatic, { root: webFolder, wildcard: false, immutable: true, maxAge: "30d", index: false });
  const page = (
    _request: unknown,
    reply: { header(name: string, value: string): { sendFile(name: string, options: object): unknown } },
  ) =>
    reply
      .header("cache-control", "no-cache")
      .sendFile("index.html", { immutable: false, maxAge: 0, cacheControl: false });
  for (const path of pagePaths) app.get(path, page as never);
}

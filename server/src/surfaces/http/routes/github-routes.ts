import { createHash } from "node:crypto";
import { commentFilterSchema } from "@culprit/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type KeyRing, listProjects } from "../../../domains/access/index.ts";
import {
  changeCommentFilter,
  connectInstallation,
  type IntegrationServices,
  listGitHubApps,
  loadCommentFilter,
  openGitHubApp,
  refuseForeignInstallation,
  storeGitHubApp,
  VendorRefused,
} from "../../../domains/integration/index.ts";
import type { Who } from "../../../platform/db/audit-log.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { HttpNotSent, HttpUncertain } from "../../../platform/http-client/http-client.ts";
import { fromPublicId, newId, toPublicId } from "../../../platform/ids/ids.ts";
import { apiOf, appManifest, convertManifest, newAppUrl, parseHost } from "../../../vendors/github/app-manifest.ts";
import { type Installation, readInstallation } from "../../../vendors/github/read-installation.ts";
import { actorOf } from "../actor-of.ts";
import { type Caller, requireCaller, SESSION_COOKIE } from "../authenticate.ts";
import { tenantOf } from "../caller-scope.ts";
import { chooseProjectPage, notePage, type Page, setupPage } from "../github-pages.ts";

export interface GitHubDeps {
  readonly keys: KeyRing;
  readonly integrations: IntegrationServices;
}
type Person = Extract<Caller, { readonly kind: "user" }>;

/** How long GitHub's pages may take to make an app: its code is good for an hour. */
const SETUP_MS = 3_600_000;
/** How long the way from here through GitHub's page of an installation and back may take. */
const INSTALL_MS = 600_000;
/** By how much GitHub's clock may be behind ours. */
const CLOCKS_MS = 60_000;

/**
 * GitHub's set-up: the app of a manifest, its installation, and the project that it is for. Every step on the way is bound to the
 * session in which it was begun by a signed `state`, so that no other site can make somebody connect what they did not mean to.
 */
export function registerGitHubRoutes(app: FastifyInstance, { keys, integrations }: GitHubDeps): void {
  const { database, secretBox, publicUrl, http, now } = integrations;
  const requireAny = (request: FastifyRequest) => requireCaller(request, { db: database.db, keys });
  const requirePerson = async (request: FastifyRequest): Promise<Person> => {
    const caller = await requireAny(request);
    if (caller.kind === "user") return caller;
    throw new CulpritError("FORBIDDEN", "A GitHub App is set up by a person who is signed in, not by a key.");
  };
  const sign = (purpose: string, request: FastifyRequest, payload: Record<string, string>, forMs = INSTALL_MS) =>
    secretBox.sign(purpose, { ...payload, session: sessionOf(request) }, new Date(now().getTime() + forMs));
  /** What a `state` carried, where it was begun in this session. */
  const open = (purpose: string, request: FastifyRequest, token: string | undefined) => {
    const payload = token === undefined ? null : secretBox.verify(purpose, token, now());
    if (payload !== null && payload.session === sessionOf(request)) return payload;
    throw new CulpritError(
      "INVALID_REQUEST",
      "This set-up was not begun here in this session, or too long ago: installing may take ten minutes. Begin again at /github/setup.",
      {
        details: { field: "state" },
      },
    );
  };
  const installUrl = (request: FastifyRequest, { id, htmlUrl }: { id: string; htmlUrl: string }, project: string) => {
    const state = sign("github-install", request, { app: id, project, begun: now().toISOString() });
    return `${htmlUrl}/installations/new?state=${encodeURIComponent(state)}`;
  };
  const begin = { href: "/github/setup", label: "Begin again" };

  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );

  app.get<{ Querystring: { project?: string; host?: string; organization?: string } }>(
    "/github/setup",
    async (request, reply) => {
      await requirePerson(request);
      const host = parseHost(request.query.host || "github.com");
      const organization = request.query.organization?.trim() || null;
      const project = request.query.project ?? "";
      const githubAppId = newId();
      const state = sign("github-setup", request, { app: githubAppId, host, project }, SETUP_MS);
      const apps = await listGitHubApps(integrations);
      return send(
        reply,
        setupPage({
          target: `${newAppUrl(host, organization)}?state=${encodeURIComponent(state)}`,
          manifest: appManifest({ publicUrl: publicUrl(), githubAppId }),
          host,
          organization,
          project: project === "" ? null : project,
          apps: apps.map((one) => ({ slug: one.slug, host: one.host, url: installUrl(request, one, project) })),
          isReachable: !isLocal(new URL(publicUrl()).hostname),
        }),
      );
    },
  );

  app.get<{ Querystring: { code?: string; state?: string } }>("/github/setup/callback", async (request, reply) => {
    const person = await requirePerson(request);
    const { app: id = "", host = "", project = "" } = open("github-setup", request, request.query.state);
    const { code = "" } = request.query;
    if (!/^[\w-]{1,200}$/.test(code))
      throw new CulpritError("INVALID_REQUEST", "GitHub gave no code.", { details: { field: "code" } });
    try {
      const made = await convertManifest({ http, host, code, now });
      await storeGitHubApp(integrations, whoOf(person), { id, host, ...made });
      return reply.redirect(installUrl(request, { id, htmlUrl: made.htmlUrl }, project));
    } catch (error) {
      return send(reply.code(502), failurePage("GitHub did not hand out the app's keys", error));
    }
  });

  app.get<{ Querystring: { installation_id?: string; setup_action?: string; state?: string } }>(
    "/github/installed",
    async (request, reply) => {
      const person = await requirePerson(request);
      const { installation_id: given = "", setup_action: action, state } = request.query;
      if (action === "request") {
        const text = "An owner of the organisation has to approve the installation. Come back here when that is done.";
        return send(reply, notePage("Asked for approval", text, begin));
      }
      // GitHub also sends people here who changed an installation there; they go on from the set-up page.
      if (state === undefined || state === "") return reply.redirect("/github/setup");
      const { app: githubAppId = "", project = "", begun = "" } = open("github-install", request, state);
      const installationId = Number(given);
      if (!Number.isSafeInteger(installationId) || installationId <= 0) {
        throw new CulpritError("INVALID_REQUEST", "GitHub gave no installation.", {
          details: { field: "installation_id" },
        });
      }
      // GitHub's number of an installation is no secret and no proof, so nothing of it is shown before it is known to be theirs.
      const scope = database.asTenant(tenantOf(person));
      const { isKnown } = await refuseForeignInstallation(integrations, scope, { githubAppId, installationId });
      let found: Installation & { readonly host: string };
      try {
        found = await installationOf(githubAppId, installationId);
      } catch (error) {
        return send(reply.code(502), failurePage("GitHub does not know this installation", error));
      }
      if (!isKnown && !(found.createdAt.getTime() >= Date.parse(begun) - CLOCKS_MS)) {
        const text =
          "This installation was not made just now, so nothing shows that it is yours, and it is of no project that you can see. If it is yours, uninstall the app in GitHub's settings and begin again: installing it anew proves it.";
        return send(reply.code(403), notePage("The app was installed before", text, begin));
      }
      if (project !== "") return reply.redirect(await connect(person, { githubAppId, installationId, project, found }));
      const token = sign("github-connect", request, { app: githubAppId, installation: String(installationId) });
      const projects = await listProjects(scope.db);
      return send(reply, chooseProjectPage({ ...found, projects, token }));
    },
  );

  app.post<{ Body: { token?: string; project?: string } | null }>("/github/connect", async (request, reply) => {
    const person = await requirePerson(request);
    const { token, project = "" } = request.body ?? {};
    const { app: githubAppId = "", installation = "" } = open("github-connect", request, token);
    const installationId = Number(installation);
    const found = await installationOf(githubAppId, installationId);
    return reply.redirect(await connect(person, { githubAppId, installationId, project, found }), 303);
  });

  app.get<{ Params: { id: string } }>("/api/integrations/:id/comment-filter", async (request) => {
    const caller = await requireAny(request);
    return loadCommentFilter(database.asTenant(tenantOf(caller)), fromPublicId("int", request.params.id));
  });

  app.put<{ Params: { id: string } }>("/api/integrations/:id/comment-filter", async (request) => {
    const caller = await requireAny(request);
    const filter = commentFilterSchema.parse(request.body);
    const integrationId = fromPublicId("int", request.params.id);
    return changeCommentFilter(database.asTenant(tenantOf(caller)), whoOf(caller), { integrationId, filter });
  });

  async function installationOf(githubAppId: string, installationId: number) {
    const { host, appId, secrets } = await openGitHubApp(integrations, githubAppId);
    const { privateKey } = secrets;
    return { host, ...(await readInstallation({ http, host, appId, privateKey, installationId, now })) };
  }

  /** @returns the page of the integration. */
  async function connect(
    person: Person,
    request: {
      readonly githubAppId: string;
      readonly installationId: number;
      readonly project: string;
      readonly found: Installation & { readonly host: string };
    },
  ): Promise<string> {
    const projectId = fromPublicId("proj", request.project);
    const scope = database.asTenant(tenantOf(person));
    const known = await scope.db.selectFrom("projects").select("id").where("id", "=", projectId).executeTakeFirst();
    if (known === undefined)
      throw new CulpritError("NOT_FOUND", `There is no project ${request.project} that you can see.`);
    const { account, repositories, host } = request.found;
    const id = await connectInstallation(integrations, scope, whoOf(person), {
      ...request,
      projectId,
      account,
      repositories,
      baseUrl: apiOf(host),
    });
    return `/integrations/${toPublicId("int", id)}`;
  }

  function failurePage(title: string, error: unknown): Page {
    const isExpected = [VendorRefused, HttpNotSent, HttpUncertain].some((kind) => error instanceof kind);
    if (!isExpected || !(error instanceof Error)) throw error;
    return notePage(title, error.message, begin);
  }
}

function send(reply: FastifyReply, { html, formTarget }: Page): FastifyReply {
  const forms = formTarget === null ? "'self'" : `'self' ${formTarget}`;
  const policy = `default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action ${forms}`;
  return reply
    .header("content-security-policy", policy)
    .header("cache-control", "no-store")
    .type("text/html")
    .send(html);
}

function whoOf(caller: Caller): Who {
  const { id } = actorOf(caller);
  return caller.kind === "user"
    ? { type: "user", id, name: caller.login }
    : { type: "key", id: null, name: id ?? "API key" };
}

/** The session of a person without what it is signed in with. */
function sessionOf(request: FastifyRequest): string {
  return createHash("sha256")
    .update(`github-setup ${request.cookies[SESSION_COOKIE] ?? ""}`)
    .digest("base64url");
}

function isLocal(hostname: string): boolean {
  return /^(localhost|.*\.localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[)/.test(hostname);
}

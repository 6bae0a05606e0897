import { sql } from "kysely";
import {
  type Connection,
  type IntegrationServices,
  type OpenForge,
  openConnection,
} from "../../domains/integration/index.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { authOf, type LoadApp } from "./auth-of.ts";
import { openGitHubForge } from "./forge.ts";
import type { GitHubConfig, GitHubCredentials } from "./settings.ts";

interface Candidate {
  readonly id: string;
  readonly config: { readonly repositories?: readonly string[]; readonly base_url?: string };
}

/**
 * Opens the forge of a project: of the repository that is named, or of the one that the project is about: the one it
 * registered, else the first that its GitHub integration names.
 */
export function forgeOpener(services: IntegrationServices, loadApp: LoadApp): OpenForge {
  return async (projectId, named) => {
    const { db } = services.database;
    const { rows } = await sql<Candidate>`
      SELECT id, config FROM integrations WHERE project_id = ${projectId} AND type = 'github' AND enabled
      ORDER BY created_at, id LIMIT 100`.execute(db);
    const repository = named ?? (await registered(services, projectId, rows)) ?? rows[0]?.config.repositories?.[0];
    if (repository === undefined || rows.length === 0) throw notConnected(repository);
    const isOf = ({ config: { repositories = [] } }: Candidate) =>
      repositories.some((one) => one.toLowerCase() === repository.toLowerCase());
    // One that names no repository hears of all, and may be able to write to this one too.
    const chosen = rows.find(isOf) ?? rows.find(({ config }) => (config.repositories ?? []).length === 0);
    if (chosen === undefined) throw notConnected(repository);
    const opened = await openConnection(services, { integrationId: chosen.id, projectId });
    const connection = opened.connection as Connection<GitHubConfig, GitHubCredentials>;
    const access = await authOf(connection, loadApp);
    const { http, now } = connection;
    return openGitHubForge({ http, ...access, now, repository, integrationId: chosen.id });
  };
}

/** The project's registered repository, where it lies at a host that an integration speaks to. */
async function registered(
  { database }: IntegrationServices,
  projectId: string,
  candidates: readonly Candidate[],
): Promise<string | undefined> {
  const { rows } = await sql<{ url: string }>`
    SELECT url FROM repositories WHERE project_id = ${projectId}
    ORDER BY last_fetched_at DESC NULLS LAST, updated_at DESC, id DESC LIMIT 1`.execute(database.db);
  const found = rows[0] === undefined ? null : placeOfUrl(rows[0].url);
  const hosts = candidates.map(({ config }) =>
    config.base_url === undefined ? "github.com" : new URL(config.base_url).host,
  );
  return found !== null && hosts.includes(found.host) ? found.repository : undefined;
}

/** Host and `owner/name` of the URL of a clone: https, ssh, or `git@host:owner/name.git`. */
export function placeOfUrl(url: string): { readonly host: string; readonly repository: string } | null {
  const found = pathOfUrl(url);
  return found !== null && found.path.split("/").length === 2 ? { host: found.host, repository: found.path } : null;
}

/** The same with a path of any depth, as GitLab's groups make it. */
export function pathOfUrl(url: string): { readonly host: string; readonly path: string } | null {
  const [, scpHost, scpPath] = /^[\w.-]+@([\w.-]+):([^:]+)$/.exec(url) ?? [];
  const parsed = URL.parse(url);
  if (scpHost === undefined && (parsed === null || parsed.protocol === "file:")) return null;
  const host = scpHost ?? (parsed?.protocol === "ssh:" ? parsed.hostname : parsed?.host) ?? "";
  const path = (scpPath ?? parsed?.pathname ?? "").replace(/^\/|\/$/g, "").replace(/\.git$/, "");
  return path === "" || path.includes("//") ? null : { host, path };
}

function notConnected(repository: string | undefined): CulpritError {
  const about = repository === undefined ? "The project" : `The repository ${repository}`;
  return new CulpritError(
    "NOT_FOUND",
    `${about} is connected to no forge. Add a GitHub integration to the project that names it, or install the app at /github/setup.`,
  );
}

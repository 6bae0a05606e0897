import { sql } from "kysely";
import {
  type Connection,
  type ForgeKind,
  forgeKinds,
  type IntegrationServices,
  type OpenPullRequestForge,
  openConnection,
  type PullRequestForge,
} from "../domains/integration/index.ts";
import { CulpritError } from "../platform/errors/culprit-error.ts";
import { chooseForge, type ForgeCandidate, type ForgePlace } from "./choose-forge.ts";
import { giteaPullRequests } from "./gitea/pull-request-forge.ts";
import type { GiteaConfig, GiteaCredentials } from "./gitea/settings.ts";
import { authOf, type LoadApp } from "./github/auth-of.ts";
import { pathOfUrl } from "./github/open-forge.ts";
import { githubPullRequests } from "./github/pull-request-forge.ts";
import type { GitHubConfig, GitHubCredentials } from "./github/settings.ts";
import { gitlabPullRequests } from "./gitlab/pull-request-forge.ts";
import type { GitLabConfig, GitLabCredentials } from "./gitlab/settings.ts";

type OpenOne = (connection: Connection, repository: string) => Promise<PullRequestForge>;

/**
 * Opens the forge to which a project's pull requests go: of its integrations with a forge the one that its registered repository lies
 * at, else the first that names a repository.
 */
export function pullRequestForgeOpener(services: IntegrationServices, loadApp: LoadApp): OpenPullRequestForge {
  const openers: Readonly<Record<ForgeKind, OpenOne>> = {
    github: async (given, repository) => {
      const connection = given as Connection<GitHubConfig, GitHubCredentials>;
      const { http, now, integrationId } = connection;
      return githubPullRequests({ http, now, integrationId, repository, ...(await authOf(connection, loadApp)) });
    },
    gitlab: async (given, repository) => {
      const { http, integrationId, config, credentials } = given as Connection<GitLabConfig, GitLabCredentials>;
      return gitlabPullRequests({
        http,
        integrationId,
        repository,
        baseUrl: config.base_url,
        token: credentials.token,
      });
    },
    gitea: async (given, repository) => {
      const { http, integrationId, config, credentials } = given as Connection<GiteaConfig, GiteaCredentials>;
      return giteaPullRequests({ http, integrationId, repository, baseUrl: config.base_url, token: credentials.token });
    },
  };
  return async (projectId) => {
    const { db } = services.database;
    const { rows } = await sql<StoredCandidate>`
      SELECT id, type, config, name, enabled, health_reason FROM integrations
      WHERE project_id = ${projectId} AND type = ANY(${[...forgeKinds]}::text[])
      ORDER BY enabled DESC, created_at, id LIMIT 100`.execute(db);
    const places = await registeredAt(services, projectId);
    const choose = (enabled: boolean) =>
      chooseForge(
        rows.filter((row) => row.enabled === enabled),
        places,
      );
    const chosen = choose(true);
    if (chosen === null) throw new CulpritError("NOT_FOUND", whyNoForge(choose(false)?.candidate));
    const { candidate, repository } = chosen;
    const { connection } = await openConnection(services, { integrationId: candidate.id, projectId });
    return openers[candidate.type](connection, repository);
  };
}

interface StoredCandidate extends ForgeCandidate {
  readonly name: string;
  readonly enabled: boolean;
  readonly health_reason: string | null;
}

/** Why there is no forge, and what to do: the reason of the one that would be it, where it is switched off. */
function whyNoForge(off: StoredCandidate | undefined): string {
  if (off === undefined)
    return "The project is connected to no forge that its repository lies at. Add an integration with GitHub, GitLab, Gitea or Forgejo that names the repository, or install the GitHub app at /github/setup.";
  const reason = off.health_reason === null ? "" : ` ${off.health_reason}`;
  return `The integration ${JSON.stringify(off.name)}, by which the repository is reached, is switched off.${reason} It is switched on again on its page under Integrations.`;
}

async function registeredAt({ database }: IntegrationServices, projectId: string): Promise<readonly ForgePlace[]> {
  const { rows } = await sql<{ url: string }>`
    SELECT url FROM repositories WHERE project_id = ${projectId}
    ORDER BY last_fetched_at DESC NULLS LAST, updated_at DESC, id DESC LIMIT 20`.execute(database.db);
  return rows.flatMap(({ url }) => pathOfUrl(url) ?? []);
}

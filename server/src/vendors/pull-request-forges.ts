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
import type { GiteaConfig, GiteaCredentials } from "./gitea/provider.ts";
import { giteaPullRequests } from "./gitea/pull-request-forge.ts";
import { authOf, type LoadApp } from "./github/auth-of.ts";
import { placeOfUrl } from "./github/open-forge.ts";
import { githubPullRequests } from "./github/pull-request-forge.ts";
import type { GitHubConfig, GitHubCredentials } from "./github/settings.ts";

interface Candidate {
  readonly id: string;
  readonly type: ForgeKind;
  readonly config: { readonly repositories?: readonly string[]; readonly base_url?: string };
}

const defaultHosts: Readonly<Record<ForgeKind, string>> = { github: "github.com", gitea: "" };

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
    gitea: async (given, repository) => {
      const { http, integrationId, config, credentials } = given as Connection<GiteaConfig, GiteaCredentials>;
      return giteaPullRequests({ http, integrationId, repository, baseUrl: config.base_url, token: credentials.token });
    },
  };
  return async (projectId) => {
    const { db } = services.database;
    const { rows } = await sql<Candidate>`
      SELECT id, type, config FROM integrations WHERE project_id = ${projectId} AND type = ANY(${[...forgeKinds]}::text[]) AND enabled
      ORDER BY created_at, id LIMIT 100`.execute(db);
    const chosen = choose(rows, await registeredAt(services, projectId));
    if (chosen === null)
      throw new CulpritError(
        "NOT_FOUND",
        "The project is connected to no forge that its repository lies at. Add an integration with GitHub, Gitea or Forgejo that names the repository, or install the GitHub app at /github/setup.",
      );
    const { candidate, repository } = chosen;
    const { connection } = await openConnection(services, { integrationId: candidate.id, projectId });
    return openers[candidate.type](connection, repository);
  };
}

type Place = NonNullable<ReturnType<typeof placeOfUrl>>;

async function registeredAt({ database }: IntegrationServices, projectId: string): Promise<readonly Place[]> {
  const { rows } = await sql<{ url: string }>`
    SELECT url FROM repositories WHERE project_id = ${projectId}
    ORDER BY last_fetched_at DESC NULLS LAST, updated_at DESC, id DESC LIMIT 20`.execute(database.db);
  return rows.flatMap(({ url }) => placeOfUrl(url) ?? []);
}

function choose(
  candidates: readonly Candidate[],
  places: readonly Place[],
): { readonly candidate: Candidate; readonly repository: string } | null {
  for (const { host, repository } of places) {
    const atHost = candidates.filter((candidate) => hostOf(candidate) === host);
    const names = ({ config }: Candidate) => (config.repositories ?? []).map((name) => name.toLowerCase());
    const candidate =
      atHost.find((one) => names(one).includes(repository.toLowerCase())) ??
      atHost.find((one) => names(one).length === 0);
    if (candidate !== undefined) return { candidate, repository };
  }
  // A repository that was registered by its path on this machine says nothing of where it came from.
  for (const candidate of candidates) {
    const [repository] = candidate.config.repositories ?? [];
    if (repository !== undefined) return { candidate, repository };
  }
  return null;
}

function hostOf({ type, config }: Candidate): string {
  const url = config.base_url === undefined ? null : URL.parse(config.base_url);
  return url === null ? defaultHosts[type] : url.host.replace(/^api\.(?=.*\.ghe\.com$)/, "");
}

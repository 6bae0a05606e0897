import { sql } from "kysely";
import { audit, type Who } from "../../../platform/db/audit-log.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { IntegrationServices } from "../integration-services.ts";
import { projectsOfInstallation } from "./installations.ts";

type Keeper = Pick<IntegrationServices, "database" | "secretBox">;

export interface GitHubAppFacts {
  /** Ours, in the address of its webhooks. */
  readonly id: string;
  /** `github.com`, or the host of an Enterprise server; with `http://` before it where that has no TLS. */
  readonly host: string;
  /** GitHub's. */
  readonly appId: number;
  readonly slug: string;
  readonly htmlUrl: string;
  readonly clientId: string;
}

export interface GitHubAppSecrets {
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly clientSecret: string;
}

interface Row {
  readonly github_app_id: string;
  readonly host: string;
  readonly app_id: number;
  readonly slug: string;
  readonly html_url: string;
  readonly client_id: string;
  readonly credentials_encrypted: string;
}

const columns = sql`github_app_id, host, app_id, slug, html_url, client_id, credentials_encrypted`;
const bindOf = (id: string) => `github_app:${id}`;

/** Keeps an app that GitHub made of our manifest, its secrets sealed. */
export async function storeGitHubApp(
  { database, secretBox }: Keeper,
  who: Who,
  app: GitHubAppFacts & { readonly secrets: GitHubAppSecrets },
): Promise<string> {
  const sealed = secretBox.seal(JSON.stringify(app.secrets), bindOf(app.id));
  await database.transaction(async (tx) => {
    await sql`
      INSERT INTO github_apps (github_app_id, host, app_id, slug, html_url, client_id, credentials_encrypted, created_by)
      VALUES (${app.id}, ${app.host}, ${app.appId}, ${app.slug}, ${app.htmlUrl}, ${app.clientId}, ${sealed}, ${who.name})`.execute(
      tx,
    );
    await audit(tx, who, {
      projectId: null,
      action: "github_app.created",
      targetType: "github_app",
      targetId: app.id,
      details: { host: app.host, slug: app.slug, appId: app.appId },
    });
  });
  return app.id;
}

/** The apps that there are, newest first, without their secrets. */
export async function listGitHubApps({ database }: Pick<Keeper, "database">): Promise<readonly GitHubAppFacts[]> {
  const { rows } = await sql<Row>`SELECT ${columns} FROM github_apps ORDER BY created_at DESC LIMIT 100`.execute(
    database.db,
  );
  return rows.map(factsOf);
}

/** Whether there is such an app. */
export async function hasGitHubApp({ database }: Pick<Keeper, "database">, id: string): Promise<boolean> {
  const { rows } = await sql`SELECT 1 FROM github_apps WHERE github_app_id = ${id}`.execute(database.db);
  return rows.length > 0;
}

/** An app with its secrets. @throws CulpritError NOT_FOUND, or SECRET_UNREADABLE where the key of the secrets is lost. */
export async function openGitHubApp(
  { database, secretBox }: Keeper,
  id: string,
): Promise<GitHubAppFacts & { readonly secrets: GitHubAppSecrets }> {
  const { rows } = await sql<Row>`SELECT ${columns} FROM github_apps WHERE github_app_id = ${id}`.execute(database.db);
  const row = rows[0];
  if (row === undefined) {
    throw new CulpritError("NOT_FOUND", "There is no such GitHub App here. Set one up at /github/setup.");
  }
  const secrets = JSON.parse(secretBox.open(row.credentials_encrypted, bindOf(row.github_app_id))) as GitHubAppSecrets;
  return { ...factsOf(row), secrets };
}

/**
 * An app for the use of one project's installation of it.
 * @throws CulpritError FORBIDDEN where the set-up did not give the installation to the project, or as `openGitHubApp`.
 */
export async function openGitHubAppFor(
  keeper: Keeper,
  of: { readonly githubAppId: string; readonly installationId: number; readonly projectId: string },
): Promise<{ readonly host: string; readonly appId: number; readonly privateKey: string }> {
  if (!(await projectsOfInstallation(keeper.database, of)).includes(of.projectId)) {
    throw new CulpritError(
      "FORBIDDEN",
      "This installation of the GitHub App was not connected to this project. Connect it at /github/setup.",
    );
  }
  const { host, appId, secrets } = await openGitHubApp(keeper, of.githubAppId);
  return { host, appId, privateKey: secrets.privateKey };
}

function factsOf(row: Row): GitHubAppFacts {
  return {
    id: row.github_app_id,
    host: row.host,
    appId: Number(row.app_id),
    slug: row.slug,
    htmlUrl: row.html_url,
    clientId: row.client_id,
  };
}

import type { HttpClient } from "../../platform/http-client/http-client.ts";
import { apiOf } from "./app-manifest.ts";
import { connectGitHub } from "./connect.ts";

/** An integration names no more. */
const REPOSITORIES_MAX = 1000;

export interface Installation {
  readonly account: string;
  readonly repositories: readonly string[];
  /** When GitHub made it. */
  readonly createdAt: Date;
}

/** Who installed an app, and on which repositories. @throws VendorRefused (404 where it is no installation of this app). */
export async function readInstallation(options: {
  readonly http: HttpClient;
  readonly host: string;
  readonly appId: number;
  readonly privateKey: string;
  readonly installationId: number;
  readonly now: () => Date;
}): Promise<Installation> {
  const { http, host, appId, privateKey, installationId, now } = options;
  const connect = (id: number | null) =>
    connectGitHub({ http, auth: { kind: "app", appId, privateKey, installationId: id }, baseUrl: apiOf(host), now });
  const { data } = await connect(null).request("GET /app/installations/{installation_id}", {
    installation_id: installationId,
  });
  const github = connect(installationId);
  const repositories = await github.list(async (page) => {
    const answer = await github.request("GET /installation/repositories", { ...page });
    return { data: answer.data.repositories };
  }, REPOSITORIES_MAX);
  const { account } = data;
  return {
    account: account !== null && "login" in account ? account.login : (account?.slug ?? String(installationId)),
    createdAt: new Date(data.created_at),
    repositories: repositories.map(({ full_name }) => full_name),
  };
}

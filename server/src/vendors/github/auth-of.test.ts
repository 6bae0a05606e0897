import { afterAll, beforeAll, expect, test } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../../../test/fakes/github/fake-github.ts";
import { openHttpClient } from "../../platform/http-client/open-http-client.ts";
import { newId } from "../../platform/ids/ids.ts";
import { connectBy } from "./auth-of.ts";
import { connectGitHub } from "./connect.ts";
import { githubConfigSchema } from "./settings.ts";

let github: FakeGitHub;
let evil: FakeGitHub;
const http = openHttpClient({ allowPrivate: "127.0.0.1" });
const now = () => new Date();
beforeAll(async () => {
  [github, evil] = await Promise.all([startFakeGitHub(), startFakeGitHub()]);
});
afterAll(async () => {
  expect(github.faults).toEqual([]);
  await Promise.all([github.close(), evil.close()]);
});

test("the keys of Culprit's app go to the app's own server alone, whatever the settings say", async () => {
  const app = github.addApp();
  const { id: installationId } = github.install(app, [github.addRepository("octocat", "shop")]);
  const [integrationId, projectId] = [newId(), newId()];
  const config = githubConfigSchema.parse({
    github_app_id: newId(),
    installation_id: installationId,
    base_url: evil.apiUrl,
  });
  const asked: unknown[] = [];
  const { request } = await connectBy({ integrationId, projectId, config, credentials: {}, http, now }, async (of) => {
    asked.push(of);
    return { appId: app.id, privateKey: app.privateKey, host: github.webUrl };
  });
  const { data } = await request("GET /installation/repositories");
  expect(data.repositories.map(({ full_name }) => full_name)).toEqual(["octocat/shop"]);
  expect(evil.requests).toEqual([]);
  expect(asked).toEqual([{ githubAppId: config.github_app_id, installationId, projectId }]);
});

test("a kept token is not served to whoever has the ids of an app and another key", async () => {
  const [app, other] = [github.addApp(), github.addApp()];
  const { id: installationId } = github.install(app, [github.addRepository("octocat", "secret")]);
  const as = (privateKey: string) => {
    const auth = { kind: "app", appId: app.id, privateKey, installationId } as const;
    return connectGitHub({ http, auth, baseUrl: github.apiUrl, now });
  };
  const list = (privateKey: string) => as(privateKey).request("GET /installation/repositories");
  expect((await list(app.privateKey)).status).toBe(200);
  await expect(list(other.privateKey)).rejects.toMatchObject({ status: 401 });
  expect((await list(app.privateKey)).status).toBe(200);
});

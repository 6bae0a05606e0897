import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ada, openIntegrationServices } from "../../../../../test/integration/integration-services.ts";
import { newId } from "../../../platform/ids/ids.ts";
import { withGitHub } from "../../../vendors/providers.ts";
import { createProject } from "../../access/index.ts";
import type { IntegrationServices } from "../integration-services.ts";
import { createIntegration } from "../manage/create-integration.ts";
import { loadIntegration } from "../manage/load-integration.ts";
import { updateIntegration } from "../manage/update-integration.ts";
import { connectInstallation, refuseForeignInstallation } from "./connect-installation.ts";
import { openGitHubAppFor, storeGitHubApp } from "./github-app.ts";
import { endInstallation, integrationsOfInstallation } from "./installations.ts";

let services: IntegrationServices;
let close: () => Promise<void>;
beforeAll(async () => {
  const opened = await openIntegrationServices();
  close = opened.close;
  services = {
    ...opened.services,
    providers: withGitHub(() => Promise.reject(new Error("nobody is asked here"))),
  };
});
afterAll(() => close());

let count = 0;
const newProject = async () => (await createProject(services.database.db, { name: `p ${randomUUID()}` })).id;
const scopeOf = (projectId: string) => services.database.asTenant({ userId: null, projectId });

async function connected() {
  count += 1;
  const secrets = { privateKey: "a key", webhookSecret: "a secret", clientSecret: "another" };
  const facts = {
    id: newId(),
    host: "github.com",
    appId: 9000 + count,
    slug: "app",
    htmlUrl: "https://x",
    clientId: "c",
  };
  const githubAppId = await storeGitHubApp(services, ada, { ...facts, secrets });
  const projectId = await newProject();
  const installation = { githubAppId, installationId: 70 + count };
  const request = { ...installation, projectId, account: "acme", repositories: ["acme/shop"], baseUrl: null };
  const integrationId = await connectInstallation(services, scopeOf(projectId), ada, request);
  const forged = { github_app_id: githubAppId, installation_id: installation.installationId };
  return { projectId, installation, integrationId, forged };
}

test("nobody enters an installation of Culprit's app: making and changing an integration refuse it", async () => {
  const { forged } = await connected();
  const projectId = await newProject();
  const make = (config: object) =>
    createIntegration(services, scopeOf(projectId), ada, {
      projectId,
      type: "github",
      name: "mine",
      config,
      credentials: {},
    });
  const refused = { code: "INVALID_REQUEST", details: { field: "config.github_app_id" } };
  await expect(make({ ...forged, base_url: "https://evil.example" })).rejects.toMatchObject(refused);
  const integrationId = await make({ repositories: ["me/mine"] });
  const change = { config: forged };
  await expect(updateIntegration(services, scopeOf(projectId), ada, { integrationId, change })).rejects.toMatchObject(
    refused,
  );
});

test("a change keeps what the set-up wrote, and refuses another installation or server", async () => {
  const { integrationId, projectId, forged } = await connected();
  const update = (config: object) =>
    updateIntegration(services, scopeOf(projectId), ada, { integrationId, change: { config } });
  await update({ repositories: ["acme/other"] });
  const { config } = await loadIntegration(services, services.database.db, integrationId);
  expect(config).toMatchObject({ ...forged, repositories: ["acme/other"] });
  await update({ ...forged, repositories: ["acme/shop"] });
  for (const wrong of [{ base_url: "https://evil.example" }, { installation_id: 1 }, { github_app_id: newId() }]) {
    await expect(update({ ...forged, ...wrong })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  }
});

test("settings that were forged in the database open no app and hear no deliveries, and no tenant can write the proof", async () => {
  const { installation, forged, projectId: owner, integrationId } = await connected();
  const projectId = await newProject();
  const config = { repositories: [] };
  const request = { projectId, type: "github", name: "forged", config, credentials: {} };
  const forgedId = await createIntegration(services, scopeOf(projectId), ada, request);
  await services.database.pool.query("UPDATE integrations SET config = config || $2::jsonb WHERE id = $1", [
    forgedId,
    JSON.stringify(forged),
  ]);
  await expect(openGitHubAppFor(services, { ...installation, projectId })).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect(await openGitHubAppFor(services, { ...installation, projectId: owner })).toMatchObject({ host: "github.com" });
  const heard = await integrationsOfInstallation(services.database, installation);
  expect(heard.map(({ id }) => id)).toEqual([integrationId]);
  const write = scopeOf(projectId)
    .db.insertInto("github_installations")
    .values({
      github_app_id: installation.githubAppId,
      installation_id: installation.installationId,
      project_id: projectId,
    })
    .execute();
  await expect(write).rejects.toThrow(/permission denied/);
});

test("an installation whose integration is switched off or deleted is still its project's", async () => {
  const { integrationId, installation, projectId } = await connected();
  const stranger = scopeOf(await newProject());
  for (const statement of [
    "UPDATE integrations SET enabled = false WHERE id = $1",
    "DELETE FROM integrations WHERE id = $1",
  ]) {
    await services.database.pool.query(statement, [integrationId]);
    await expect(refuseForeignInstallation(services, stranger, installation)).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    expect(await refuseForeignInstallation(services, scopeOf(projectId), installation)).toEqual({ isKnown: true });
  }
});

test("the end of an installation switches its integration off and is told once", async () => {
  const { integrationId, projectId } = await connected();
  for (let i = 0; i < 2; i++) await endInstallation(services, [integrationId], "It was uninstalled.");
  const ended = await loadIntegration(services, services.database.db, integrationId);
  expect(ended).toMatchObject({ is_enabled: false, health_status: "unhealthy", health_reason: "It was uninstalled." });
  const { rows } = await services.database.pool.query(
    "SELECT event_type AS type, payload FROM workflow_events WHERE project_id = $1",
    [projectId],
  );
  expect(rows).toMatchObject([
    { type: "integration.unhealthy", payload: { reason: "It was uninstalled.", was: "unknown" } },
  ]);
});

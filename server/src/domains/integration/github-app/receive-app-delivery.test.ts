import { createHmac, randomBytes } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { openHttpClient } from "../../../platform/http-client/open-http-client.ts";
import { newId } from "../../../platform/ids/ids.ts";
import { createLog } from "../../../platform/log/log.ts";
import { openQueue, type Queue } from "../../../platform/queue/queue.ts";
import { openSecretBox } from "../../../platform/secrets/open-secret-box.ts";
import { withGitHub } from "../../../vendors/providers.ts";
import { createProject } from "../../access/index.ts";
import type { IntegrationServices } from "../integration-services.ts";
import { loadIntegration } from "../manage/load-integration.ts";
import { connectInstallation } from "./connect-installation.ts";
import { openGitHubApp, storeGitHubApp } from "./github-app.ts";
import { receiveAppDelivery } from "./receive-app-delivery.ts";

let own: TestDatabase;
let queue: Queue;
let services: IntegrationServices;
const who = { type: "system", id: null, name: "test" } as const;
const webhookSecret = "what GitHub signs with";
let count = 0;

beforeAll(async () => {
  own = await createTestDatabase();
  queue = await openQueue(own.database, createLog("silent"));
  services = {
    database: own.database,
    queue,
    http: openHttpClient({ allowPrivate: "" }),
    providers: withGitHub(() => Promise.reject(new Error("nobody is asked here"))),
    secretBox: openSecretBox({ secret: randomBytes(32).toString("base64url"), dataDir: "/nowhere" }),
    log: createLog("silent"),
    publicUrl: () => "https://culprit.test",
    storePolicy: { payloadsPerIncident: 10 },
    now: () => new Date(),
  };
});
afterAll(async () => {
  await queue.close(1000);
  await own.drop();
});

async function newApp(): Promise<string> {
  count += 1;
  const secrets = { privateKey: "a key", webhookSecret, clientSecret: "another" };
  const facts = {
    id: newId(),
    host: "github.com",
    appId: count,
    slug: `app-${count}`,
    htmlUrl: "https://x",
    clientId: "c",
  };
  return storeGitHubApp(services, who, { ...facts, secrets });
}

async function connect(githubAppId: string, installationId: number, repositories: readonly string[]) {
  const { id: projectId } = await createProject(own.database.db, { name: `p${randomBytes(6).toString("hex")}` });
  const request = { projectId, githubAppId, installationId, account: "acme", repositories, baseUrl: null };
  const id = await connectInstallation(services, own.database, who, request);
  return { projectId, id, again: () => connectInstallation(services, own.database, who, request) };
}

function deliver(githubAppId: string, event: string, payload: object, secret = webhookSecret, deliveryId = newId()) {
  const body = Buffer.from(JSON.stringify(payload));
  const headers = {
    "x-github-event": event,
    "x-github-delivery": deliveryId,
    "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
  };
  return receiveAppDelivery(services, { githubAppId, request: { headers, query: {}, body } });
}

async function inbox(integrationId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ event_type: string }>`
    SELECT event_type FROM integration_events WHERE integration_id = ${integrationId}`.execute(own.database.db);
  return rows.map((row) => row.event_type);
}
const settings = async (id: string) => loadIntegration(services, own.database.db, id);

test("a delivery reaches every project of its installation, once, and no project of another", async () => {
  const app = await newApp();
  const [one, two, other] = [await connect(app, 1, []), await connect(app, 1, []), await connect(app, 2, [])];
  const push = { ref: "refs/heads/main", installation: { id: 1 }, repository: { full_name: "acme/shop" } };
  expect(await deliver(app, "push", push, webhookSecret, "d-1")).toEqual({ stored: 2, integrations: 2 });
  expect(await deliver(app, "push", push, webhookSecret, "d-1")).toEqual({ stored: 0, integrations: 2 });
  expect(await Promise.all([one, two, other].map(({ id }) => inbox(id)))).toEqual([["push"], ["push"], []]);
});

test("the installation of one app is not that of another with the same number", async () => {
  const [first, second] = [await newApp(), await newApp()];
  const { id } = await connect(first, 7, []);
  expect(await deliver(second, "push", { installation: { id: 7 } })).toEqual({ stored: 0, integrations: 0 });
  expect(await inbox(id)).toEqual([]);
});

test("a wrong signature, an app that is not there and a body that is none are refused, and nothing is stored", async () => {
  const app = await newApp();
  const { id } = await connect(app, 1, []);
  await expect(deliver(app, "push", { installation: { id: 1 } }, "wrong")).rejects.toMatchObject({
    code: "WRONG_SIGNATURE",
  });
  await expect(deliver(newId(), "push", {})).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await inbox(id)).toEqual([]);
});

test("what the installation gains and loses is followed; the last repository stays, and an uninstalled app says so", async () => {
  const app = await newApp();
  const { id } = await connect(app, 1, ["acme/shop", "acme/old"]);
  const change = (added: string[], removed: string[]) =>
    deliver(app, "installation_repositories", {
      installation: { id: 1 },
      repositories_added: added.map((full_name) => ({ full_name })),
      repositories_removed: removed.map((full_name) => ({ full_name })),
    });
  await change(["acme/new"], ["acme/old"]);
  expect((await settings(id)).config.repositories).toEqual(["acme/shop", "acme/new"]);
  await change([], ["acme/shop", "acme/new"]);
  expect((await settings(id)).config.repositories).toEqual(["acme/shop", "acme/new"]);
  await deliver(app, "installation", { action: "deleted", installation: { id: 1 } });
  expect(await settings(id)).toMatchObject({
    health_status: "unhealthy",
    health_reason: expect.stringContaining("uninstalled"),
  });
});

test("connecting twice is one integration; whoever does not see the project of an installation can't take it", async () => {
  const app = await newApp();
  const { id, again } = await connect(app, 3, ["acme/shop"]);
  expect(await again()).toBe(id);
  const { id: stranger } = await createProject(own.database.db, { name: `p${randomBytes(6).toString("hex")}` });
  const scope = own.database.asTenant({ userId: null, projectId: stranger });
  const request = {
    projectId: stranger,
    githubAppId: app,
    installationId: 3,
    account: "acme",
    repositories: [],
    baseUrl: null,
  };
  await expect(connectInstallation(services, scope, who, request)).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("the keys of an app are sealed and bound to it", async () => {
  const [first, second] = [await newApp(), await newApp()];
  expect((await openGitHubApp(services, first)).secrets.webhookSecret).toBe(webhookSecret);
  const { rows } = await sql<{ credentials_encrypted: string }>`
    SELECT credentials_encrypted FROM github_apps WHERE github_app_id = ${first}`.execute(own.database.db);
  expect(rows[0]?.credentials_encrypted).not.toContain(webhookSecret);
  await sql`UPDATE github_apps SET credentials_encrypted = ${rows[0]?.credentials_encrypted ?? ""} WHERE github_app_id = ${second}`.execute(
    own.database.db,
  );
  await expect(openGitHubApp(services, second)).rejects.toMatchObject({ code: "SECRET_UNREADABLE" });
});

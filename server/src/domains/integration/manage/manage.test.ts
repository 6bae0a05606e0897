import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ada, openIntegrationServices, openWebhook } from "../../../../../test/integration/integration-services.ts";
import { openSecretBox } from "../../../platform/secrets/open-secret-box.ts";
import { createProject } from "../../access/index.ts";
import {
  createIntegration,
  deleteIntegration,
  describeTypes,
  type IntegrationServices,
  listIntegrations,
  loadIntegration,
  openConnection,
  rotateSecrets,
  updateIntegration,
} from "../index.ts";

let services: IntegrationServices;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ services, close } = await openIntegrationServices());
});
afterAll(() => close());

const secret = "hunter2-hunter2-hunter2";
const newProject = async () => (await createProject(services.database.db, { name: `p ${randomUUID()}` })).id;
const make = (projectId: string, over: object = {}) =>
  createIntegration(services, services.database, ada, {
    projectId,
    type: "webhook",
    name: "the bot",
    config: { title: "bot" },
    credentials: { secret },
    ...over,
  });
const auditOf = async (projectId: string) => {
  const { rows } = await services.database.pool.query(
    "SELECT action, actor_id, details FROM audit_log WHERE project_id = $1 AND action LIKE 'integration.%' ORDER BY id",
    [projectId],
  );
  return rows;
};

test("credentials are sealed, opened for use, and neither given back nor audited", async () => {
  const projectId = await newProject();
  const integrationId = await make(projectId);
  const { rows } = await services.database.pool.query("SELECT credentials_encrypted FROM integrations WHERE id = $1", [
    integrationId,
  ]);
  expect(rows[0].credentials_encrypted).toMatch(/^c1\.[0-9a-f]{8}\./);
  expect(JSON.stringify(rows)).not.toContain(secret);
  const detail = await loadIntegration(services, services.database.db, integrationId);
  expect(detail).toMatchObject({ has_credentials: true, health_status: "unknown", recipient: "bot" });
  expect(detail.webhook_url).toMatch(/^http:\/\/culprit\.test\/hooks\/i\/[\w-]{32}$/);
  const opened = await openConnection(services, { integrationId, projectId });
  expect(opened.connection.credentials).toEqual({ secret });
  await updateIntegration(services, services.database, ada, {
    integrationId,
    change: { name: "robot", isEnabled: false },
  });
  await deleteIntegration(services.database, ada, integrationId);
  const audit = await auditOf(projectId);
  expect(audit.map(({ action, actor_id }) => [action, actor_id])).toEqual([
    ["integration.created", "ada"],
    ["integration.changed", "ada"],
    ["integration.deleted", "ada"],
  ]);
  expect(JSON.stringify([detail, audit])).not.toContain(secret);
});

test("wrong settings name the field and not the value, and a name is there once in a project", async () => {
  const projectId = await newProject();
  await make(projectId);
  await expect(make(projectId)).rejects.toMatchObject({ code: "CONFLICT" });
  await expect(make(await newProject())).resolves.toBeTypeOf("string");
  await expect(make(projectId, { name: "b", type: "fax" })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  const wrong = make(projectId, { name: "c", credentials: { secret: "hunter2" } });
  await expect(wrong).rejects.toMatchObject({ details: { field: "credentials.secret" } });
  await expect(wrong).rejects.not.toThrow(/hunter2/);
});

test("a change keeps the credentials that it leaves out, and makes the next check due", async () => {
  const projectId = await newProject();
  const integrationId = await make(projectId);
  await services.database.pool.query("UPDATE integrations SET health_status = 'healthy', last_health_check = now()");
  const change = { credentials: { url: "https://hooks.example.com/x" } };
  await updateIntegration(services, services.database, ada, { integrationId, change });
  const { connection } = await openConnection(services, { integrationId, projectId });
  expect(connection.credentials).toEqual({ secret, url: "https://hooks.example.com/x" });
  expect(await loadIntegration(services, services.database.db, integrationId)).toMatchObject({
    health_status: "unknown",
    last_health_check: null,
  });
});

test("another project's key neither sees an integration nor changes it", async () => {
  const integrationId = await make(await newProject());
  const stranger = services.database.asTenant({ userId: null, projectId: await newProject() });
  await expect(loadIntegration(services, stranger.db, integrationId)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(deleteIntegration(stranger, ada, integrationId)).rejects.toMatchObject({ code: "NOT_FOUND" });
  const change = { name: "mine" };
  await expect(updateIntegration(services, stranger, ada, { integrationId, change })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});

test("a list comes in pages by name, each once", async () => {
  const projectId = await newProject();
  for (const name of ["c", "a", "b"]) await make(projectId, { name });
  const names: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const page = { projectId, limit: 2, ...(cursor === "" ? {} : { cursor }) };
    const list = await listIntegrations(services, services.database.db, page);
    names.push(...list.items.map(({ name }) => name));
    cursor = list.next_cursor;
  }
  expect(names).toEqual(["a", "b", "c"]);
  const foreign = listIntegrations(services, services.database.db, { projectId, limit: 2, cursor: "eyJhIjoxfQ" });
  await expect(foreign).rejects.toMatchObject({ code: "INVALID_REQUEST" });
});

test("every type describes its form as JSON Schemas", () => {
  const types = describeTypes(services);
  expect(types.map(({ type }) => type)).toEqual(expect.arrayContaining(["webhook", "slack", "email"]));
  for (const { config, credentials, help } of types) {
    expect(config).toMatchObject({ type: "object" });
    expect(credentials).toMatchObject({ type: "object" });
    expect(help).not.toBe("");
  }
});

test("a rotation seals all anew, changes nothing when it is run again, and names what can't be read", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "culprit-rotate-"));
  const [old, other] = ["b2xkIGtleSBmb3IgdGVzdHMsIG5vdCBhIHJlYWwgb25l", "bmV3IGtleSBmb3IgdGVzdHMsIG5vdCBhIHJlYWwgb25l"];
  const before = { ...services, secretBox: openSecretBox({ secret: old, dataDir }) };
  await services.database.pool.query("DELETE FROM integrations");
  const { integrationId, projectId } = await openWebhook(before);
  const lost = await openWebhook({ ...services, secretBox: openSecretBox({ secret: `${other}lost`, dataDir }) });
  await services.database.pool.query(
    "INSERT INTO workflow_secrets (project_id, name, value_encrypted) VALUES ($1, 'TOKEN', $2)",
    [projectId, before.secretBox.seal("s3cret", `workflow_secret:${projectId}:TOKEN`)],
  );
  const both = openSecretBox({ secret: `${other},${old}`, dataDir });
  const unreadable = [`the integration ${lost.name}`];
  expect(await rotateSecrets(services.database, both)).toEqual({ sealed: 2, current: 0, unreadable });
  expect(await rotateSecrets(services.database, both)).toEqual({ sealed: 0, current: 2, unreadable });
  const after = { ...services, secretBox: openSecretBox({ secret: other, dataDir }) };
  await expect(openConnection(after, { integrationId, projectId })).resolves.toMatchObject({ id: integrationId });
  const { rows } = await services.database.pool.query("SELECT value_encrypted FROM workflow_secrets");
  expect(after.secretBox.open(rows[0].value_encrypted, `workflow_secret:${projectId}:TOKEN`)).toBe("s3cret");
  rmSync(dataDir, { recursive: true });
});

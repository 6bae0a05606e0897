import { afterAll, beforeAll, expect, test } from "vitest";
import { openIntegrationServices, openWebhook } from "../../../../../test/integration/integration-services.ts";
import { startFakeVendor } from "../../../vendors/start-fake-vendor.ts";
import { checkIntegration, checkIntegrations, type IntegrationServices, loadIntegration } from "../index.ts";

let services: IntegrationServices;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ services, close } = await openIntegrationServices());
});
afterAll(() => close());

async function eventsOf(projectId: string): Promise<string[]> {
  const { rows } = await services.database.pool.query(
    "SELECT event_type FROM workflow_events WHERE project_id = $1 AND event_type LIKE 'integration.%' ORDER BY event_id",
    [projectId],
  );
  return rows.map(({ event_type }) => event_type);
}
const healthOf = (id: string) => loadIntegration(services, services.database.db, id);

test("a revoked webhook is told once with what to do, its return is told, and what stays as it was is not", async () => {
  const fake = await startFakeVendor(() => ({ status: 200 }));
  const { integrationId, projectId } = await openWebhook(services, { url: `${fake.url}/in/0123456789abcdef` });
  const check = () => checkIntegration(services, integrationId);
  await check();
  expect(await healthOf(integrationId)).toMatchObject({ health_status: "healthy" });
  fake.behave({ kind: "answer", answer: { status: 410 } });
  await check();
  await check();
  const found = await healthOf(integrationId);
  expect(found).toMatchObject({
    health_status: "unhealthy",
    health_reason: expect.stringContaining("Check the address"),
  });
  expect(found.health_reason).not.toContain("0123456789abcdef");
  const own = async () => {
    const { rows } = await services.database.pool.query(
      "SELECT title, status, environment FROM incidents WHERE project_id = $1",
      [projectId],
    );
    return rows;
  };
  expect(await own()).toMatchObject([
    { title: expect.stringContaining("does not work"), status: "open", environment: "culprit-itself" },
  ]);
  fake.behave({ kind: "documented" });
  await check();
  expect(await own()).toMatchObject([{ status: "resolved" }]);
  expect(await eventsOf(projectId)).toEqual(["integration.unhealthy", "integration.recovered"]);
  await fake.close();
});

test("a lost key is unhealthy with what to enter again", async () => {
  const { integrationId, projectId, name } = await openWebhook(services);
  await services.database.pool.query(
    "UPDATE integrations SET credentials_encrypted = 'c1.00000000.AAAA' WHERE id = $1",
    [integrationId],
  );
  await checkIntegration(services, integrationId);
  expect(await healthOf(integrationId)).toMatchObject({
    health_status: "unhealthy",
    health_reason: expect.stringMatching(new RegExp(`${name}.*Enter them again`)),
  });
  expect(await eventsOf(projectId)).toEqual(["integration.unhealthy"]);
});

test("each integration is checked about every five minutes, by one of several processes, and not while it is switched off", async () => {
  await services.database.pool.query("DELETE FROM integrations");
  const open = await Promise.all(Array.from({ length: 6 }, () => openWebhook(services)));
  await services.database.pool.query("UPDATE integrations SET enabled = false WHERE id = $1", [open[0]?.integrationId]);
  const at = (seconds: number) => ({ ...services, now: () => new Date(Date.UTC(2030, 0, 1) + seconds * 1000) });
  const checkedAt = async (seconds: number) => {
    const counts = await Promise.all(Array.from({ length: 4 }, () => checkIntegrations(at(seconds))));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  expect(await checkedAt(0)).toBe(5);
  expect(await checkedAt(200)).toBe(0);
  expect(await checkedAt(400)).toBe(5);
});

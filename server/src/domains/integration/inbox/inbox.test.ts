import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { eventually } from "../../../../../test/culprit/start-culprit.ts";
import {
  ada,
  openIntegrationServices,
  openWebhook,
  signedCall,
} from "../../../../../test/integration/integration-services.ts";
import {
  admitDelivery,
  InboundLimit,
  InboxWorker,
  type IntegrationServices,
  type IntegrationType,
  type Provider,
  processInbox,
  receiveDelivery,
  replayIntegrationEvent,
} from "../index.ts";
import { BATCH_MAX, backOffMs, TRIES_MAX } from "./inbox-limits.ts";

let services: IntegrationServices;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ services, close } = await openIntegrationServices());
});
afterAll(() => close());

let now = new Date();
beforeEach(() => {
  now = new Date();
});
/** The services with the clock of the test. */
const clocked = (over: Partial<IntegrationServices> = {}): IntegrationServices => ({
  ...services,
  now: () => now,
  ...over,
});
const noLimit = new InboundLimit(0);
const receive = async (token: string, body: object, headers: Record<string, string> = {}, limit = noLimit) => {
  await admitDelivery(services, limit, token);
  return receiveDelivery(services, { token, request: signedCall(body, headers) });
};

async function eventsOf(integrationId: string) {
  const { rows } = await services.database.pool.query(
    "SELECT * FROM integration_events WHERE integration_id = $1 ORDER BY created_at, id",
    [integrationId],
  );
  return rows;
}

async function workflowEventsOf(projectId: string) {
  const { rows } = await services.database.pool.query(
    "SELECT * FROM workflow_events WHERE project_id = $1 ORDER BY event_id",
    [projectId],
  );
  return rows;
}

/** The webhook provider whose meaning fails while `isBroken` says so. */
function breaking(isBroken: (payload: Readonly<Record<string, unknown>>) => boolean): Partial<IntegrationServices> {
  const webhook = services.providers.get("webhook");
  if (webhook?.incoming === undefined) throw new Error("the webhook provider takes nothing in");
  const { incoming } = webhook;
  const broken: Provider = {
    ...webhook,
    incoming: {
      ...incoming,
      map: (delivery, config, receivedAt) => {
        if (isBroken(delivery.payload)) throw new Error("broken on purpose");
        return incoming.map(delivery, config, receivedAt);
      },
    },
  };
  return { providers: new Map<IntegrationType, Provider>([["webhook", broken]]) };
}

test("a delivery is stored before its answer, once however often it is sent, and becomes its event once", async () => {
  const { token, integrationId, projectId, name } = await openWebhook(services);
  const body = { type: "deploy.finished", subject: "deploy:7", version: "1.2\0" };
  const first = await receive(token, body, { "idempotency-key": "d-1" });
  expect(first).toMatchObject({ status: 202, body: { status: "accepted" } });
  expect(await receive(token, body, { "idempotency-key": "d-1" })).toMatchObject({ body: { status: "repeated" } });
  expect(await eventsOf(integrationId)).toMatchObject([{ status: "pending", event_id: "d-1", subject: "deploy:7" }]);
  expect(await processInbox(services, integrationId)).toBe(1);
  expect(await processInbox(services, integrationId)).toBe(0);
  const [stored] = await eventsOf(integrationId);
  expect(stored).toMatchObject({ status: "completed", retry_count: 0 });
  expect(await workflowEventsOf(projectId)).toMatchObject([
    {
      event_type: "deploy.finished",
      subject: "deploy:7",
      integration_event_id: stored.id,
      payload: { version: "1.2", integration: { name, type: "webhook" } },
    },
  ]);
});

test("a wrong signature is 401 and counted, and nothing of it is stored", async () => {
  const { token, integrationId } = await openWebhook(services);
  const request = { ...signedCall({ a: 1 }), body: Buffer.from('{"a":2}') };
  for (let i = 0; i < 2; i++)
    await expect(receiveDelivery(services, { token, request })).rejects.toMatchObject({
      code: "WRONG_SIGNATURE",
      message: expect.stringContaining("check that the secret of the webhook"),
    });
  expect(await eventsOf(integrationId)).toEqual([]);
  const { rows } = await services.database.pool.query("SELECT rejected_count FROM integrations WHERE id = $1", [
    integrationId,
  ]);
  expect(rows).toEqual([{ rejected_count: 2 }]);
});

test("an unknown address and a switched-off integration look the same", async () => {
  const { token, integrationId } = await openWebhook(services);
  await services.database.pool.query("UPDATE integrations SET enabled = false WHERE id = $1", [integrationId]);
  for (const one of [token, "nowhere"])
    await expect(receive(one, {})).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: "There is no integration at this address.",
    });
});

test("a flood is 429 with the seconds to wait from the limit on, and what was taken is carried out", async () => {
  const { token, integrationId, projectId } = await openWebhook(services);
  const limit = new InboundLimit(60);
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      receive(token, { type: "flood.wave", index }, {}, limit).then(
        ({ status }) => status,
        (error: { code: string; details: { retryAfterS: number } }) => {
          expect(error).toMatchObject({ code: "RATE_LIMIT_EXCEEDED", details: { retryAfterS: 1 } });
          return 429;
        },
      ),
    ),
  );
  const taken = answers.filter((status) => status === 202).length;
  expect(taken).toBeGreaterThanOrEqual(60);
  expect(taken).toBeLessThan(65);
  while ((await processInbox(services, integrationId)) > 0);
  expect(await workflowEventsOf(projectId)).toHaveLength(taken);
});

test("two workers at one inbox carry out each delivery once, and those of a subject in their order", async () => {
  const { token, integrationId, projectId } = await openWebhook(services);
  const total = BATCH_MAX * 3;
  for (let index = 0; index < total; index++)
    await receive(token, { type: "step.done", subject: `s${index % 3}`, index }, { "idempotency-key": `k${index}` });
  const workers = [new InboxWorker(services), new InboxWorker(services)];
  await Promise.all(workers.map((worker) => worker.start()));
  await eventually(
    () => eventsOf(integrationId),
    (events) => events.every(({ status }) => status === "completed"),
  );
  await Promise.all(workers.map((worker) => worker.stop()));
  const events = await workflowEventsOf(projectId);
  expect(events).toHaveLength(total);
  for (const subject of ["s0", "s1", "s2"]) {
    const indices = events.filter((event) => event.subject === subject).map(({ payload }) => payload.index);
    expect(indices).toEqual([...indices].sort((a, b) => a - b));
  }
}, 30_000);

test("one that fails is tried five times with growing pauses, holds up its subject alone, and is then given up and can be replayed", async () => {
  const { token, integrationId, projectId } = await openWebhook(services);
  let isBroken = true;
  const failing = clocked(breaking(({ index }) => isBroken && index === 1));
  for (const [index, subject] of ["a", "a", "a", "b"].entries())
    await receive(token, { type: "step.done", subject, index }, { "idempotency-key": `k${index}` });
  now = new Date();
  const statuses = async () => (await eventsOf(integrationId)).map(({ status }) => status);
  await processInbox(failing, integrationId);
  expect(await statuses()).toEqual(["completed", "pending", "pending", "completed"]);
  for (let tries = 1; tries < TRIES_MAX; tries++) {
    expect((await eventsOf(integrationId))[1]).toMatchObject({
      retry_count: tries,
      error_message: "broken on purpose",
    });
    now = new Date(now.getTime() + backOffMs(tries) - 50);
    expect(await processInbox(failing, integrationId), `before the pause ${tries} is over`).toBe(0);
    now = new Date(now.getTime() + 100);
    await processInbox(failing, integrationId);
  }
  // Given up, it no longer holds the one behind it.
  expect(await statuses()).toEqual(["completed", "failed", "completed", "completed"]);
  const failed = (await eventsOf(integrationId))[1];
  await expect(
    replayIntegrationEvent(services.database, ada, (await eventsOf(integrationId))[0].id),
  ).rejects.toMatchObject({ code: "CONFLICT" });
  isBroken = false;
  await replayIntegrationEvent(services.database, ada, failed.id);
  now = new Date(Date.now() + 1000);
  await processInbox(failing, integrationId);
  expect((await eventsOf(integrationId))[1]).toMatchObject({ status: "completed", error_message: null });
  expect((await workflowEventsOf(projectId)).map(({ payload }) => payload.index).sort()).toEqual([0, 1, 2, 3]);
});

test("what a worker held when it died is taken up after its lease, and its events are stored once", async () => {
  const { token, integrationId, projectId } = await openWebhook(services);
  await receive(token, { type: "step.done", subject: "a" });
  // As a worker leaves it that died between claim and end.
  const held = new Date(Date.now() + 60_000);
  await services.database.pool.query(
    "UPDATE integration_events SET status = 'processing', available_at = $2 WHERE integration_id = $1",
    [integrationId, held],
  );
  now = new Date();
  expect(await processInbox(clocked(), integrationId)).toBe(0);
  now = new Date(held.getTime() + 1);
  expect(await processInbox(clocked(), integrationId)).toBe(1);
  expect(await workflowEventsOf(projectId)).toHaveLength(1);
});

test("an alert opens an incident and its end resolves it, each with an event; with auto_resolve off its end is told only", async () => {
  const alert = {
    fingerprint: "disk:db-1",
    title: "Disk full",
    severity: "critical",
    service: "db",
    starts_at: new Date(Date.now() - 600_000).toISOString(),
  };
  for (const autoResolve of [true, false]) {
    const { token, integrationId, projectId } = await openWebhook(services, { config: { auto_resolve: autoResolve } });
    await receive(token, { alert });
    await receive(token, { alert: { ...alert, status: "resolved", ends_at: new Date().toISOString() } });
    await processInbox(services, integrationId);
    const { rows } = await services.database.pool.query(
      "SELECT title, source, severity, status FROM incidents WHERE project_id = $1",
      [projectId],
    );
    expect(rows).toMatchObject([
      { title: "Disk full", severity: "critical", status: autoResolve ? "resolved" : "open" },
    ]);
    const told = (await workflowEventsOf(projectId)).filter(({ event_type: type }) => type.startsWith("alert."));
    expect(told).toMatchObject([
      { event_type: "alert.firing", payload: { outcome: "created", severity: "critical", service: "db" } },
      { event_type: "alert.resolved", payload: { outcome: autoResolve ? "resolved" : "left_open" } },
    ]);
    expect(told[0].incident_id).not.toBeNull();
  }
});

test("what means nothing here is ignored with the reason", async () => {
  const { token, integrationId, projectId } = await openWebhook(services);
  await receive(token, { type: "No such name!" });
  await processInbox(services, integrationId);
  expect(await eventsOf(integrationId)).toMatchObject([
    { status: "ignored", error_message: expect.stringContaining("No such name!") },
  ]);
  expect(await workflowEventsOf(projectId)).toEqual([]);
});

test("a lost key fails the delivery with what to enter again, and asks for a check", async () => {
  const { token, integrationId, name } = await openWebhook(services);
  await receive(token, { type: "step.done" });
  await services.database.pool.query(
    "UPDATE integrations SET credentials_encrypted = 'c1.00000000.AAAA', last_health_check = now() WHERE id = $1",
    [integrationId],
  );
  await processInbox(services, integrationId);
  expect(await eventsOf(integrationId)).toMatchObject([
    { status: "pending", retry_count: 1, error_message: expect.stringContaining(name) },
  ]);
  await expect(receive(token, { type: randomUUID() })).rejects.toMatchObject({ code: "SECRET_UNREADABLE" });
  const { rows } = await services.database.pool.query("SELECT last_health_check FROM integrations WHERE id = $1", [
    integrationId,
  ]);
  expect(rows).toEqual([{ last_health_check: null }]);
});

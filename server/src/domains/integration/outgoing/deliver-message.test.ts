import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  openIntegrationServices,
  openWebhook,
  webhookSecret,
} from "../../../../../test/integration/integration-services.ts";
import { openIncident } from "../../../../../test/scenario/open-incident.ts";
import { HttpUncertain } from "../../../platform/http-client/http-client.ts";
import { plainMessage } from "../../../vendors/conformance-messages.ts";
import { type FakeAnswer, type FakeRequest, startFakeVendor } from "../../../vendors/start-fake-vendor.ts";
import type { Effect, EffectAnswer } from "../../workflow/index.ts";
import { EffectRefused } from "../../workflow/index.ts";
import {
  deliverMessage,
  type EffectMaker,
  type IntegrationServices,
  messageOfIncident,
  openConnection,
  VendorRefused,
} from "../index.ts";
import { finder } from "./deliver-message.ts";
import { takeTurn } from "./take-turn.ts";

let services: IntegrationServices;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ services, close } = await openIntegrationServices());
});
afterAll(() => close());

/** A context that makes effects and keeps their rows as the ledger does, without its rule of repetition, which has its own tests. */
function contextOf(projectId: string, incidentId: string | null) {
  const effects: Effect[] = [];
  const ctx: EffectMaker = {
    projectId,
    incidentId,
    log: () => undefined,
    async effect(effect): Promise<EffectAnswer> {
      effects.push(effect);
      const idempotencyKey = `${effect.key}:${randomUUID()}`;
      const answer = await effect.send({ idempotencyKey, signal: AbortSignal.timeout(2000) });
      await sql`INSERT INTO deliveries (delivery_id, project_id, incident_id, integration_id, kind, idempotency_key, status, external_ref, request)
        VALUES (${randomUUID()}, ${projectId}, ${incidentId}, ${effect.integrationId}, ${effect.kind}, ${idempotencyKey}, 'sent',
          ${answer.externalRef}, ${JSON.stringify(effect.request)}::jsonb)`.execute(services.database.db);
      return answer;
    },
  };
  return { ctx, effects };
}

async function open(answer: (request: FakeRequest) => FakeAnswer = () => ({ status: 202, body: { id: "m-1" } })) {
  const fake = await startFakeVendor(answer);
  const incident = await openIncident(services.database);
  const hook = await openWebhook(services, { url: `${fake.url}/in/secret-path-of-it`, projectId: incident.projectId });
  return { fake, ...incident, ...hook, ...contextOf(incident.projectId, incident.incidentId) };
}

test("what an incident is told by holds cause, place, links and buttons, and an update changes that message in place", async () => {
  const { fake, ctx, effects, incidentId, integrationId } = await open();
  const { db } = services.database;
  const message = await messageOfIncident(services, db, { incidentId, integrationId });
  expect(message.title).not.toBe("");
  expect(message.fields.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["Status", "Environment", "Occurrences"]),
  );
  expect(message.buttons.map(({ verb }) => verb)).toEqual(["approve", "suppress"]);
  expect(message.buttons[0]?.url).toMatch(/^http:\/\/culprit\.test\/callbacks\/[\w.-]{20,199}$/);
  expect(message.buttons[0]?.token.length).toBeLessThan(200);
  const first = await deliverMessage(services, ctx, { integrationId, message, key: "tell", isUpdate: true });
  expect(first).toMatchObject({ externalRef: "m-1", isUpdated: false });
  const second = await deliverMessage(services, ctx, { integrationId, message, key: "tell-2", isUpdate: true });
  expect(second).toMatchObject({ isUpdated: true });
  expect(fake.requests.map(({ json }) => json)).toMatchObject([
    { type: "message" },
    { type: "message.updated", updates: "m-1" },
  ]);
  expect(effects.map(({ kind, repeat }) => [kind, repeat])).toEqual([
    ["message", "idempotent"],
    ["message_update", "idempotent"],
  ]);
  await fake.close();
});

test("a cause is offered to be confirmed or ruled out where one is known, and not where it is not", async () => {
  const { incidentId, integrationId, hypotheses, fake } = await open();
  const { db, pool } = services.database;
  await pool.query("UPDATE incidents SET status = 'diagnosed' WHERE id = $1", [incidentId]);
  await pool.query(
    `INSERT INTO incident_reports (report_id, project_id, incident_id, verdict, summary, report_markdown, evidence_ids)
     SELECT gen_random_uuid(), project_id, id, 'likely', 'said', 'said', '{}' FROM incidents WHERE id = $1`,
    [incidentId],
  );
  await pool.query(
    `UPDATE incident_hypotheses SET details = '{"for": [], "against": [], "advice": null}' WHERE incident_id = $1`,
    [incidentId],
  );
  const verbs = async () =>
    (await messageOfIncident(services, db, { incidentId, integrationId })).buttons.map(({ verb }) => verb);
  expect(await verbs()).toEqual(["confirm", "reject"]);
  await pool.query("UPDATE incident_hypotheses SET hypothesis_type = 'unknown' WHERE hypothesis_id = $1", [
    hypotheses[0],
  ]);
  expect(await verbs()).toEqual([]);
  await fake.close();
});

test("a message that is gone there is sent anew", async () => {
  const { fake, ctx, integrationId } = await open(({ json }) =>
    (json as { type: string }).type === "message.updated" ? { status: 404 } : { status: 202, body: { id: "m-2" } },
  );
  const request = { integrationId, message: plainMessage, isUpdate: true } as const;
  await deliverMessage(services, ctx, { ...request, key: "a" });
  expect(await deliverMessage(services, ctx, { ...request, key: "b" })).toMatchObject({ isUpdated: false });
  expect(fake.requests.map(({ json }) => (json as { type: string }).type)).toEqual([
    "message",
    "message.updated",
    "message",
  ]);
  await fake.close();
});

test("what surely was not made is a refusal with its wait, what may have been made stays open, and neither says a secret", async () => {
  const { fake, ctx, integrationId } = await open();
  const deliver = () =>
    deliverMessage(services, ctx, { integrationId, message: plainMessage, key: randomUUID() }).catch(
      (error: unknown) => error,
    );
  fake.behave({ kind: "answer", answer: { status: 429, headers: { "retry-after": "30" } } });
  const busy = await deliver();
  expect(busy).toBeInstanceOf(EffectRefused);
  expect(busy).toMatchObject({ retryAfterS: 30, isWorthRetrying: true });
  fake.behave({ kind: "answer", answer: { status: 403, body: "/in/secret-path-of-it" } });
  const refused = await deliver();
  expect(refused).toMatchObject({ name: "EffectRefused", isWorthRetrying: false });
  fake.behave({ kind: "reset" });
  const open_ = await deliver();
  expect(open_).toBeInstanceOf(HttpUncertain);
  await fake.close();
  const unreached = await deliver();
  expect(unreached).toMatchObject({ name: "EffectRefused", isWorthRetrying: true });
  for (const error of [busy, refused, open_, unreached]) expect(String(error)).not.toContain("secret-path-of-it");
});

test("a look-up that is refused leaves open what was made, so that nothing is sent a second time", async () => {
  const { integrationId, projectId } = await openWebhook(services);
  const integration = await openConnection(services, { integrationId, projectId });
  const attempt = { idempotencyKey: "k", signal: AbortSignal.timeout(1000) };
  const refused = () => Promise.reject(new VendorRefused(`403 for ${webhookSecret}`, { status: 403 }));
  const error = await finder(integration, refused)(attempt).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HttpUncertain);
  expect(String(error)).not.toContain(webhookSecret);
  expect(await finder(integration, async () => null)(attempt)).toBeNull();
});

test("a refusal of the credentials makes the check due at once", async () => {
  const { fake, ctx, integrationId } = await open(() => ({ status: 401 }));
  const { pool } = services.database;
  await pool.query("UPDATE integrations SET last_health_check = now(), health_status = 'healthy' WHERE id = $1", [
    integrationId,
  ]);
  await deliverMessage(services, ctx, { integrationId, message: plainMessage, key: "k" }).catch(() => undefined);
  const { rows } = await pool.query("SELECT last_health_check FROM integrations WHERE id = $1", [integrationId]);
  expect(rows).toEqual([{ last_health_check: null }]);
  await fake.close();
});

test("NUL and half a character in a message do not keep it from being stored or sent", async () => {
  const { fake, ctx, integrationId } = await open();
  const message = { ...plainMessage, title: "a\0b\ud800", text: "\ud83d\ude00".repeat(20_000) };
  await deliverMessage(services, ctx, { integrationId, message, key: "hostile" });
  expect(fake.requests).toHaveLength(1);
  await fake.close();
});

test("an integration of another project, a switched-off one and one that only takes in send nothing", async () => {
  const { fake, ctx, integrationId } = await open();
  const stranger = await openWebhook(services);
  const deliver = (id: string) => deliverMessage(services, ctx, { integrationId: id, message: plainMessage, key: "k" });
  await expect(deliver(stranger.integrationId)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await services.database.pool.query("UPDATE integrations SET enabled = false WHERE id = $1", [integrationId]);
  await expect(deliver(integrationId)).rejects.toMatchObject({ code: "CONFLICT" });
  expect(fake.requests).toEqual([]);
  await fake.close();
});

test("all processes together keep a vendor's rate: a burst at once, then one after the other", async () => {
  const { integrationId, projectId } = await openWebhook(services);
  const integration = { id: integrationId, projectId };
  const rate = { perSecond: 2, burst: 3 };
  const waits = await Promise.all(Array.from({ length: 10 }, () => takeTurn(services.database, integration, rate)));
  expect(waits.filter((wait) => wait === 0)).toHaveLength(3);
  for (const wait of waits) expect(wait).toBeLessThanOrEqual(500);
  const { pool } = services.database;
  await pool.query("UPDATE target_rates SET arrival_at = arrival_at - interval '500 ms' WHERE integration_id = $1", [
    integrationId,
  ]);
  expect(await takeTurn(services.database, integration, rate)).toBe(0);
  expect(await takeTurn(services.database, integration, rate)).toBeGreaterThan(0);
});

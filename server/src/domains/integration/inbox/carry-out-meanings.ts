import type { Transaction } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { insertConfigChange } from "../../change/index.ts";
import { storeAlerts } from "../../incident/index.ts";
import { emitEvents, type WorkflowEvent } from "../../workflow/index.ts";
import { carryOutCallback } from "../callbacks/carry-out-callback.ts";
import { addCommenter } from "../comment-filter/add-commenter.ts";
import type { IntegrationServices } from "../integration-services.ts";
import type { OpenedIntegration } from "../manage/open-connection.ts";
import type { Alert, Meaning } from "../provider-port.ts";
import type { ClaimedDelivery } from "./claim-deliveries.ts";

/** How long a vendor is asked whether somebody may command. */
const ASK_MS = 15_000;
const EXCERPT_CHARS = 8_000;

/** What became of a delivery. `finish` stores the events it stands for, in the transaction that ends the delivery. */
export interface CarriedOut {
  readonly status: "completed" | "ignored";
  readonly reason: string | null;
  finish(tx: Transaction<DB>): Promise<void>;
}

/**
 * Does what a delivery means. Alerts are stored by the delivery's key and buttons pressed by their token, so a repeat after
 * a crash changes nothing; events are stored with the end of the delivery, once.
 */
export async function carryOutMeanings(
  services: IntegrationServices,
  integration: OpenedIntegration,
  delivery: ClaimedDelivery,
  meanings: readonly Meaning[],
): Promise<CarriedOut> {
  const events: WorkflowEvent[] = [];
  const ignored: string[] = [];
  const newcomers: string[] = [];
  const base = { projectId: delivery.projectId, integrationEventId: delivery.id };
  const sender = { name: integration.name, type: integration.provider.type };
  const told = meanings.flatMap((meaning) => (meaning.kind === "alert" ? [meaning.alert] : []));
  const alerts = await withExcerpt(services, integration, delivery, told);
  events.push(...(await takeAlerts(services, integration, delivery, alerts)).map((event) => ({ ...base, ...event })));
  for (const meaning of meanings) {
    switch (meaning.kind) {
      case "alert":
      case "change":
        break;
      case "event": {
        const { type, subject, payload } = meaning;
        events.push({ ...base, type, subject, payload: { ...payload, integration: sender } });
        break;
      }
      case "command": {
        // A bot that is answered may answer back, for ever.
        const refused = meaning.isBot
          ? `${meaning.actor} is a bot; bots are not answered.`
          : await mayNotCommand(integration, meaning);
        if (refused !== null) ignored.push(refused);
        else {
          events.push({ ...base, ...commandEvent(meaning, sender) });
          if (meaning.isNewcomer === true) newcomers.push(meaning.actor);
        }
        break;
      }
      case "button": {
        const actor = { type: "integration", id: `${meaning.actor} in ${integration.name}` } as const;
        const done = await carryOutCallback(services, { token: meaning.token, projectId: delivery.projectId, actor });
        if (done.outcome !== "done") ignored.push(done.message);
        break;
      }
      case "ignored":
        ignored.push(meaning.reason);
    }
  }
  const changes = meanings.flatMap((meaning) => (meaning.kind === "change" ? [meaning.change] : []));
  const isIgnored = meanings.length === 0 || ignored.length === meanings.length;
  return {
    status: isIgnored ? "ignored" : "completed",
    reason:
      isIgnored && ignored.length === 0 ? "It means nothing to Culprit." : ignored.join(" ").slice(0, 2000) || null,
    finish: async (tx) => {
      for (const input of changes) await insertConfigChange(tx, { projectId: integration.projectId, input });
      await emitEvents(tx, events);
      const { id: integrationId, projectId } = integration;
      for (const login of newcomers) await addCommenter(tx, { integrationId, projectId, login });
    },
  };
}

/** The alerts that fire, with the end of the vendor's log in their description where it can be had. */
async function withExcerpt(
  services: IntegrationServices,
  { provider, connection }: OpenedIntegration,
  delivery: ClaimedDelivery,
  alerts: readonly Alert[],
): Promise<readonly Alert[]> {
  const { excerpt } = provider.incoming ?? {};
  if (excerpt === undefined || !alerts.some(({ status }) => status === "firing")) return alerts;
  const read = { ...delivery, deliveryId: delivery.deliveryId ?? delivery.id };
  const text = await excerpt(read, connection, AbortSignal.timeout(ASK_MS)).catch((err: unknown) => {
    services.log.warn({ err, integrationEventId: delivery.id }, "the log of a failure could not be read");
    return null;
  });
  if (text === null || text === "") return alerts;
  const last = text.slice(-EXCERPT_CHARS);
  return alerts.map((alert) =>
    alert.status === "firing" ? { ...alert, description: `${alert.description}\n\n${last}`.trim() } : alert,
  );
}

/** Opens, joins and resolves the incidents of alerts, and gives the events that tell of it. */
async function takeAlerts(
  services: IntegrationServices,
  { name, provider, connection }: OpenedIntegration,
  delivery: ClaimedDelivery,
  alerts: readonly Alert[],
): Promise<readonly Omit<WorkflowEvent, "projectId">[]> {
  if (alerts.length === 0) return [];
  const { auto_resolve: autoResolve } = connection.config as { readonly auto_resolve?: boolean };
  const stored = alerts.filter(({ status }) => status === "firing" || autoResolve !== false);
  const results = await storeAlerts(
    services,
    {
      projectId: delivery.projectId,
      sender: name,
      deliveryKey: `${connection.integrationId}:${delivery.deliveryId ?? delivery.id}`,
      alerts: stored,
      receivedAt: services.now(),
    },
    services.storePolicy,
  );
  return alerts.map((alert) => {
    const result = results[stored.indexOf(alert)];
    const incidentId = result?.incidentId ?? null;
    const { startsAt, endsAt, ...rest } = alert;
    return {
      type: alert.status === "firing" ? "alert.firing" : "alert.resolved",
      subject: `alert:${alert.fingerprint}`.slice(0, 500),
      incidentId,
      payload: {
        ...rest,
        starts_at: startsAt.toISOString(),
        ends_at: endsAt?.toISOString() ?? null,
        outcome: result?.outcome ?? "left_open",
        incident_id: incidentId === null ? null : toPublicId("inc", incidentId),
        integration: { name, type: provider.type },
      },
    };
  });
}

/** Why somebody's command is not taken, by the vendor's word; null where it is. */
async function mayNotCommand(
  { provider, connection }: OpenedIntegration,
  command: Extract<Meaning, { kind: "command" }>,
): Promise<string | null> {
  return (await provider.incoming?.mayCommand?.(command, connection, AbortSignal.timeout(ASK_MS))) ?? null;
}

function commandEvent(
  { command, actor, subject, payload }: Extract<Meaning, { kind: "command" }>,
  integration: { readonly name: string; readonly type: string },
): Omit<WorkflowEvent, "projectId"> {
  const [word = "", ...args] = command.trim().split(/\s+/);
  const known = /^[a-z][a-z0-9_-]{0,40}$/i.test(word) ? word.toLowerCase() : "unknown";
  return {
    type: `command.${known}`,
    subject,
    payload: { ...payload, command, args, actor, author: actor, integration },
  };
}

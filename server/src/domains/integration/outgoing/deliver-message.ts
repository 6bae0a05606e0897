import { sql } from "kysely";
import { storableJson } from "../../../platform/db/storable-json.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { ActionContext, Effect, EffectAnswer } from "../../workflow/index.ts";
import type { IntegrationServices } from "../integration-services.ts";
import { type OpenedIntegration, openConnection } from "../manage/open-connection.ts";
import type { Message } from "../message.ts";
import type { Connection, OutRepeat, Sent } from "../provider-port.ts";
import { isGone, lookThrough, sendThrough } from "./send-through.ts";

/** The part of an action's context that an effect through an integration needs. */
export type EffectMaker = Pick<ActionContext, "effect" | "projectId" | "incidentId" | "log">;

export interface MessageToDeliver {
  readonly integrationId: string;
  readonly message: Message;
  /** Tells the messages of one step apart; the same on every run of that step. */
  readonly key: string;
  /** The service it concerns, for its hands-off switch. */
  readonly service?: string | null;
  /** Changes the newest message about the same incident in place, where there is one and the vendor can. */
  readonly isUpdate?: boolean;
}

export interface DeliveredMessage extends EffectAnswer {
  /** Whether a message that stood there was changed instead of a new one sent. */
  readonly isUpdated: boolean;
}

/**
 * Tells people through an integration, as an effect of a step.
 * @throws EffectStopped, EffectRefused or EffectUnknown; CulpritError where the integration can't be opened or sends nothing.
 */
export async function deliverMessage(
  services: IntegrationServices,
  ctx: EffectMaker,
  request: MessageToDeliver,
): Promise<DeliveredMessage> {
  const { projectId } = ctx;
  const integration = await openConnection(services, { integrationId: request.integrationId, projectId });
  const { outgoing } = integration.provider;
  if (outgoing === undefined)
    throw new CulpritError(
      "INVALID_REQUEST",
      `The integration ${JSON.stringify(integration.name)} only takes in; it can't send messages.`,
    );
  const rendered = storableJson(outgoing.render(storableJson(request.message), integration.connection.config));
  const parts = { ...request, integration, rendered, recipient: outgoing.recipient(integration.connection.config) };
  const { update } = outgoing;
  const standing =
    request.isUpdate === true && update !== undefined && ctx.incidentId !== null
      ? await newestMessage(services, integration.id, ctx.incidentId)
      : null;
  if (standing !== null && update !== undefined) {
    try {
      // The same text set twice is the same message, so a repeat does no harm.
      const answer = await ctx.effect(
        effectOf(services, {
          ...parts,
          key: `${request.key}:update`,
          kind: "message_update",
          repeat: "idempotent",
          act: (connection, key, signal) => update.call(outgoing, standing, rendered, connection, key, signal),
        }),
      );
      return { ...answer, isUpdated: true };
    } catch (error) {
      if (!isGone(error)) throw error;
      ctx.log("WARNING", "The message that was to be changed is gone; a new one is sent.");
    }
  }
  const answer = await ctx.effect({
    ...effectOf(services, {
      ...parts,
      kind: "message",
      repeat: outgoing.repeat,
      act: (connection, key, signal) => outgoing.send(rendered, connection, key, signal),
    }),
    ...(outgoing.find === undefined ? {} : { find: finder(integration, outgoing.find.bind(outgoing)) }),
  });
  return { ...answer, isUpdated: false };
}

type Finder = (key: string, connection: Connection, signal: AbortSignal) => Promise<Sent | null>;

/** How an effect looks up what an earlier try made. */
export function finder(integration: OpenedIntegration, find: Finder): NonNullable<Effect["find"]> {
  return ({ idempotencyKey, signal }) =>
    lookThrough(integration, () => find(idempotencyKey, integration.connection, signal));
}

/** An effect through an integration; `act` makes it. */
export function effectOf(
  services: IntegrationServices,
  parts: {
    readonly integration: OpenedIntegration;
    readonly key: string;
    readonly kind: string;
    readonly recipient: string;
    readonly service?: string | null;
    readonly rendered: Readonly<Record<string, unknown>>;
    readonly repeat: OutRepeat;
    act(connection: Connection, key: string, signal: AbortSignal): Promise<Sent>;
  },
): Effect {
  const { integration, key, kind, recipient, rendered, repeat } = parts;
  return {
    key,
    kind,
    recipient,
    integrationId: integration.id,
    service: parts.service ?? null,
    request: rendered,
    repeat,
    send: ({ idempotencyKey, signal }) =>
      sendThrough(services, integration, signal, () => parts.act(integration.connection, idempotencyKey, signal)),
  };
}

/** What the vendor calls the newest message about an incident that went out through an integration. */
async function newestMessage(
  { database }: IntegrationServices,
  integrationId: string,
  incidentId: string,
): Promise<string | null> {
  const { rows } = await sql<{ external_ref: string }>`
    SELECT external_ref FROM deliveries WHERE incident_id = ${incidentId} AND integration_id = ${integrationId}
      AND kind IN ('message', 'message_update') AND status = 'sent' AND external_ref IS NOT NULL
    ORDER BY created_at DESC LIMIT 1`.execute(database.db);
  return rows[0]?.external_ref ?? null;
}

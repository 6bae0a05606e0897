import { storableJson } from "../../../platform/db/storable-json.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { EffectAnswer } from "../../workflow/index.ts";
import type { IntegrationServices } from "../integration-services.ts";
import { openConnection } from "../manage/open-connection.ts";
import type { Ticket } from "../provider-port.ts";
import { type EffectMaker, effectOf, finder } from "./deliver-message.ts";

interface TicketTarget {
  readonly integrationId: string;
  /** Tells the effects of one step apart; the same on every run of that step. */
  readonly key: string;
  readonly service?: string | null;
}

/**
 * Makes a ticket in a tracker, as an effect of a step.
 * @throws EffectStopped, EffectRefused or EffectUnknown; CulpritError where the integration can't be opened or has no tickets.
 */
export async function createTicket(
  services: IntegrationServices,
  ctx: EffectMaker,
  { ticket, ...target }: TicketTarget & { readonly ticket: Ticket },
): Promise<EffectAnswer> {
  const { integration, tickets } = await tracker(services, ctx, target.integrationId);
  const asked = storableJson(ticket);
  return ctx.effect({
    ...effectOf(services, {
      ...target,
      integration,
      kind: "ticket",
      recipient: integration.name,
      rendered: { ...asked },
      repeat: tickets.repeat,
      act: (connection, key, signal) => tickets.create(asked, connection, key, signal),
    }),
    ...(tickets.find === undefined ? {} : { find: finder(integration, tickets.find.bind(tickets)) }),
    ...(tickets.settlesWithinMs === undefined ? {} : { settlesWithinMs: tickets.settlesWithinMs }),
  });
}

/** Comments on a ticket that is called `externalRef` there, at most once. Throws as `createTicket`. */
export async function commentTicket(
  services: IntegrationServices,
  ctx: EffectMaker,
  { externalRef, markdown, ...target }: TicketTarget & { readonly externalRef: string; readonly markdown: string },
): Promise<EffectAnswer> {
  const { integration, tickets } = await tracker(services, ctx, target.integrationId);
  const text = storableJson(markdown);
  return ctx.effect(
    effectOf(services, {
      ...target,
      integration,
      kind: "ticket_comment",
      recipient: `${externalRef} in ${integration.name}`,
      rendered: { markdown: text },
      // Trackers take a key for tickets at most, so a comment that is perhaps there is not written again.
      repeat: "atMostOnce",
      act: (connection, key, signal) => tickets.comment(externalRef, text, connection, key, signal),
    }),
  );
}

async function tracker(services: IntegrationServices, { projectId }: EffectMaker, integrationId: string) {
  const integration = await openConnection(services, { integrationId, projectId });
  const { tickets } = integration.provider;
  if (tickets !== undefined) return { integration, tickets };
  throw new CulpritError("INVALID_REQUEST", `The integration ${JSON.stringify(integration.name)} has no tickets.`);
}

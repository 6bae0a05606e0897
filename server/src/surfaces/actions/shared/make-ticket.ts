import { createTicket, type Target, type Ticket } from "../../../domains/integration/index.ts";
import type { ActionContext } from "../../../domains/workflow/index.ts";
import type { ActionServices } from "../action-services.ts";

export interface MadeTicket {
  readonly id: string;
  readonly url: string;
  readonly integration: string;
  readonly type: string;
}

/** Makes one ticket in a tracker, as an effect of a step. Throws as `createTicket`. */
export async function makeTicket(
  ctx: ActionContext,
  services: ActionServices,
  target: Target,
  request: { readonly key: string; readonly ticket: Ticket },
): Promise<MadeTicket> {
  const { externalRef, response } = await createTicket(services.integrations, ctx, {
    integrationId: target.id,
    ...request,
  });
  const { url } = response;
  return {
    id: externalRef ?? "",
    url: typeof url === "string" ? url : "",
    integration: target.name,
    type: target.type,
  };
}

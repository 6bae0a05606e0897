import { deliverMessage, type Message, messageOfIncident, type Target } from "../../../domains/integration/index.ts";
import { type ActionContext, EffectRefused, EffectStopped, EffectUnknown } from "../../../domains/workflow/index.ts";
import type { ActionServices } from "../action-services.ts";
import { incidentOf } from "./incident-of.ts";

export interface Told {
  readonly sent: readonly {
    readonly integration: string;
    readonly type: string;
    readonly external_ref: string | null;
    readonly is_updated: boolean;
  }[];
  readonly failed: readonly {
    readonly integration: string;
    readonly type: string;
    readonly reason: string;
    readonly error: unknown;
  }[];
}

/** Tells every target, whatever becomes of the others. `messageOf` makes each its own, because buttons are bound to an integration. */
export async function tell(
  ctx: ActionContext,
  services: ActionServices,
  targets: readonly Target[],
  request: {
    readonly messageOf: (target: Target) => Promise<Message>;
    readonly service: string | null;
    readonly isUpdate: boolean;
  },
): Promise<Told> {
  const sent: Told["sent"][number][] = [];
  const failed: Told["failed"][number][] = [];
  for (const { id, name, type } of targets) {
    try {
      const message = await request.messageOf({ id, name, type });
      const { service, isUpdate } = request;
      const answer = await deliverMessage(services.integrations, ctx, {
        integrationId: id,
        message,
        key: `message:${id}`,
        service,
        isUpdate,
      });
      sent.push({ integration: name, type, external_ref: answer.externalRef, is_updated: answer.isUpdated });
    } catch (error) {
      // The switch, or another worker: it holds for all of them.
      if (error instanceof EffectStopped || ctx.signal.aborted) throw error;
      failed.push({ integration: name, type, reason: error instanceof Error ? error.message : String(error), error });
    }
  }
  return { sent, failed };
}

/** Throws what weighs most of what failed: what is unknown, what may be tried again, then the rest. What was sent is not sent again. */
export function throwWorst({ failed }: Told): void {
  const rank = (error: unknown) =>
    error instanceof EffectUnknown ? 0 : error instanceof EffectRefused ? (error.isWorthRetrying ? 1 : 3) : 2;
  const [worst] = [...failed].sort((a, b) => rank(a.error) - rank(b.error));
  if (worst !== undefined) throw worst.error;
}

/** The message about the incident that an execution is about, for one target. @throws as `incidentOf`. */
export async function incidentMessage(
  ctx: Pick<ActionContext, "incidentId" | "projectId">,
  services: ActionServices,
  integrationId: string | null,
): Promise<Message> {
  const incidentId = await incidentOf(ctx, services, undefined);
  return messageOfIncident(services.integrations, services.database.db, { incidentId, integrationId });
}

import { createHash } from "node:crypto";
import { VendorRefused } from "../../../domains/integration/index.ts";
import { type ActionContext, type Effect, type EffectAnswer, EffectRefused } from "../../../domains/workflow/index.ts";
import { HttpNotSent } from "../../../platform/http-client/http-client.ts";

/**
 * Makes an effect at a vendor: what the vendor refused, and what never reached it, is told to the ledger as not made;
 * everything else stays open there.
 */
export function outward(ctx: ActionContext, effect: Effect): Promise<EffectAnswer> {
  const { send, find } = effect;
  return ctx.effect({
    ...effect,
    send: (attempt) => send(attempt).catch(throwRefusal),
    ...(find === undefined ? {} : { find: (attempt) => find(attempt).catch(throwRefusal) }),
  });
}

function throwRefusal(cause: unknown): never {
  if (cause instanceof VendorRefused) {
    const { message, retryAfterS, isWorthRetrying } = cause;
    throw new EffectRefused(message, { retryAfterS, isWorthRetrying, cause });
  }
  if (cause instanceof HttpNotSent)
    throw new EffectRefused(cause.message, { isWorthRetrying: !cause.isForbidden, cause });
  throw cause;
}

/** The name under which what one try made is found again: forges write it into the text as an invisible comment. */
export function markerOf(idempotencyKey: string): string {
  return `effect-${hashOf(idempotencyKey)}`;
}

/** The same for every execution: by it a comment is found to be updated in place. */
export function slotMarkerOf(ctx: ActionContext, slot: string): string {
  return `slot-${hashOf(`${ctx.projectId}:${slot}`)}`;
}

/** A marker as it stands in a text, beside the one that the forge writes. */
export function markerText(marker: string): string {
  return `<!-- culprit:${marker} -->`;
}

/** A text without any marker, so that what an event brought along is not taken for one. */
export function withoutMarkers(text: string): string {
  return text.replaceAll(/<!--\s*culprit:/gi, "<!-- ");
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { HttpNotSent, HttpUncertain } from "../../../platform/http-client/http-client.ts";
import { VendorRefused } from "../../integration/index.ts";
import { EffectRefused, EffectUnknown } from "../../workflow/index.ts";
import type { Concluded } from "./concluded.ts";

export interface Failure {
  readonly concluded: Concluded;
  readonly isWorthRetrying: boolean;
}

const atIntegration = "Check the integration's address on the page Integrations, and the network; then ask again.";

/** What a failure on the way out comes to, with what to do; null for what is a fault of ours or the switch of people. */
export function failureOf(error: unknown): Failure | null {
  // The ledger of effects keeps what the forge's client threw as the cause.
  const cause = error instanceof EffectRefused && error.cause instanceof HttpNotSent ? error.cause : error;
  if (cause instanceof HttpNotSent)
    return cause.isForbidden ? unreachable(cause.message, false) : unreachable(`${cause.message} ${atIntegration}`);
  if (cause instanceof HttpUncertain) return unreachable(`${cause.message} ${atIntegration}`);
  if (cause instanceof VendorRefused || cause instanceof EffectRefused) {
    if (cause.isWorthRetrying) return unreachable(cause.message);
    return { concluded: { outcome: "refused", reason: withRemedy(cause) }, isWorthRetrying: false };
  }
  if (cause instanceof EffectUnknown) return unreachable(cause.message);
  if (cause instanceof CulpritError && cause.code === "REPOSITORY_UNAVAILABLE") return unreachable(cause.message);
  return null;
}

function unreachable(reason: string, isWorthRetrying = true): Failure {
  return { concluded: { outcome: "unreachable", reason }, isWorthRetrying };
}

/** What a forge says of a token is seldom what to do. */
function withRemedy(refused: VendorRefused | EffectRefused): string {
  const vendor = refused instanceof VendorRefused ? refused : refused.cause;
  const isOfToken = vendor instanceof VendorRefused && [401, 403].includes(vendor.status);
  if (!isOfToken) return refused.message;
  return `${refused.message.replace(/\.?$/, ".")} The integration needs a token that may push and open pull requests: set it on the page Integrations, then ask again.`;
}

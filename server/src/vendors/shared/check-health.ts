import { type HealthResult, VendorRefused } from "../../domains/integration/index.ts";
import { HttpNotSent } from "../../platform/http-client/http-client.ts";

/** The answer of a health check: what `ask` finds, or what its error means. Never throws. */
export async function checkHealth(remedy: string, ask: () => Promise<HealthResult>): Promise<HealthResult> {
  try {
    return await ask();
  } catch (error) {
    const words = error instanceof Error ? error.message : "It failed for a reason that is unknown.";
    if (error instanceof VendorRefused && [400, 401, 403, 404, 410].includes(error.status))
      return { status: "unhealthy", reason: `${words} ${remedy}` };
    if (error instanceof VendorRefused && error.status === 429)
      return { status: "degraded", reason: `${words} It is asked too often; the next check will tell.` };
    if (error instanceof HttpNotSent) return { status: "unhealthy", reason: `It can't be reached: ${words}` };
    return { status: "degraded", reason: words };
  }
}

/** For vendors that can't be asked without sending something. */
export const notAskable: HealthResult = {
  status: "unknown",
  reason: "It can't be asked without sending a message; the next delivery will tell.",
};

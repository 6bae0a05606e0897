import { CulpritError } from "../../platform/errors/culprit-error.ts";

/** So far clocks of two machines may differ. */
const aheadMaxMs = 5 * 60_000;

/**
 * Refuses what is told of a time that has not come: it would stand in every list as the newest, and be the last thing before no trouble at all.
 * @throws CulpritError INVALID_REQUEST, naming the field.
 */
export function refuseFuture(times: Readonly<Record<string, string | null | undefined>>, now = new Date()): void {
  for (const [field, time] of Object.entries(times)) {
    if (time == null || Date.parse(time) <= now.getTime() + aheadMaxMs) continue;
    throw new CulpritError(
      "INVALID_REQUEST",
      `${field} is ${time}, which is more than ${aheadMaxMs / 60_000} minutes ahead of this server's clock (${now.toISOString()}). Tell it when it has happened, or leave the field out for now.`,
      { details: { field } },
    );
  }
}

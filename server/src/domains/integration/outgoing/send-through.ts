import { setTimeout as delay } from "node:timers/promises";
import { storableJson } from "../../../platform/db/storable-json.ts";
import { HttpNotSent, HttpUncertain } from "../../../platform/http-client/http-client.ts";
import { type EffectAnswer, EffectRefused } from "../../workflow/index.ts";
import type { IntegrationServices } from "../integration-services.ts";
import { checkSoon, type OpenedIntegration } from "../manage/open-connection.ts";
import { type Sent, VendorRefused } from "../provider-port.ts";
import { takeTurn } from "./take-turn.ts";

/** Longer than this nobody holds a worker for a turn: the step is tried again later. */
const TURN_WAIT_MAX_MS = 5_000;
/** What a vendor says when the credentials or the target are gone: worth a check at once. */
const goneStatuses = new Set([401, 403, 404, 410]);

/**
 * Makes one call of a vendor as an effect does: in its turn, with the vendor's errors in the effect's words, and with no
 * credential in what is stored or said.
 * @throws EffectRefused where nothing was made; HttpUncertain where that is open.
 */
export async function sendThrough(
  services: IntegrationServices,
  { id, projectId, provider, connection }: OpenedIntegration,
  signal: AbortSignal,
  act: () => Promise<Sent>,
): Promise<EffectAnswer> {
  const secrets = secretsOf(connection.credentials);
  await untilTurn(services, { id, projectId }, provider.outgoing?.rate ?? { perSecond: 1, burst: 5 }, signal);
  try {
    const { externalRef, response } = storableJson(await act());
    return { externalRef, response: struck(response, secrets) };
  } catch (error) {
    if (error instanceof VendorRefused && goneStatuses.has(error.status)) await checkSoon(services, id);
    throw asEffectError(error, secrets);
  }
}

/**
 * Looks up what an earlier try made. It changes nothing, so it needs no turn; and it never says EffectRefused, because a look-up
 * that fails leaves open what was made.
 */
export async function lookThrough(
  { connection }: OpenedIntegration,
  look: () => Promise<Sent | null>,
): Promise<EffectAnswer | null> {
  const secrets = secretsOf(connection.credentials);
  try {
    const found = await look();
    if (found === null) return null;
    const { externalRef, response } = storableJson(found);
    return { externalRef, response: struck(response, secrets) };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new HttpUncertain(`What an earlier try made can't be looked up: ${struck(words, secrets)}`);
  }
}

/** An error in the effect's words: what surely made nothing is EffectRefused, all else leaves it open. */
export function asEffectError(error: unknown, secrets: readonly string[]): unknown {
  if (error instanceof VendorRefused) {
    const { retryAfterS, isWorthRetrying, status } = error;
    const cause = { name: "VendorRefused", status };
    return new EffectRefused(struck(error.message, secrets), { retryAfterS, isWorthRetrying, cause });
  }
  if (error instanceof HttpNotSent)
    return new EffectRefused(struck(error.message, secrets), { isWorthRetrying: !error.isForbidden });
  if (error instanceof HttpUncertain) return new HttpUncertain(struck(error.message, secrets));
  return error;
}

/** Whether the vendor no longer has what was to be changed. */
export function isGone(error: unknown): boolean {
  if (!(error instanceof EffectRefused)) return false;
  const { status } = (error.cause ?? {}) as { readonly status?: number };
  return status === 404 || status === 410;
}

async function untilTurn(
  services: IntegrationServices,
  integration: { readonly id: string; readonly projectId: string },
  rate: { readonly perSecond: number; readonly burst: number },
  signal: AbortSignal,
): Promise<void> {
  let waitedMs = 0;
  for (;;) {
    const waitMs = await takeTurn(services.database, integration, rate);
    if (waitMs === 0) return;
    waitedMs += waitMs;
    if (waitedMs > TURN_WAIT_MAX_MS)
      throw new EffectRefused("Too many messages wait for this integration's turn.", {
        retryAfterS: Math.ceil(waitMs / 1000),
      });
    await delay(waitMs, undefined, { signal }).catch(() => {
      throw new EffectRefused("It was stopped while it waited for its turn; nothing was sent.");
    });
  }
}

/** Every text in credentials that is long enough not to stand anywhere by chance. */
export function secretsOf(credentials: unknown): readonly string[] {
  if (typeof credentials === "string") return credentials.length >= 8 ? [credentials] : [];
  if (typeof credentials !== "object" || credentials === null) return [];
  return Object.values(credentials).flatMap(secretsOf);
}

function struck<T>(value: T, secrets: readonly string[]): T {
  const strike = (text: string) => secrets.reduce((left, secret) => left.replaceAll(secret, "***"), text);
  const walk = (one: unknown): unknown => {
    if (typeof one === "string") return strike(one);
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one === "object" && one !== null)
      return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, walk(inner)]));
    return one;
  };
  return walk(value) as T;
}

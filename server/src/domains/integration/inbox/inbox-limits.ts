/** Woken by it: whoever works on what came in. The payload is the integration's id. */
export const INBOX_CHANNEL = "culprit_inbox";
/** After this many tries a delivery is given up, and waits for a person. */
export const TRIES_MAX = 5;
/** Deliveries that one claim takes. */
export const BATCH_MAX = 50;
/** How long a claim holds; ms. Whoever died with it leaves its deliveries to others after this. */
export const LEASE_MS = 120_000;

/** How long a delivery waits after its nth try failed: 1 s, 4 s, 16 s, 64 s; ms. */
export function backOffMs(tries: number): number {
  return 1000 * 4 ** Math.max(0, tries - 1);
}

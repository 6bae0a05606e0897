import type { ShopRequest } from "../generate/faults/fault.ts";
import { createRandom } from "../generate/random.ts";
import { sendRequest } from "../running/send-request.ts";

export interface TrafficOptions {
  readonly url: string;
  readonly requests: readonly ShopRequest[];
  readonly count: number;
  readonly perSecond: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** How often each status came; 0 stands for no answer. */
export type StatusCounts = ReadonlyMap<number, number>;

/** Sends `count` requests of the mix at a steady rate, each kind in turn, and resolves when the last is answered. */
export async function driveTraffic(options: TrafficOptions): Promise<StatusCounts> {
  const { url, count, perSecond, seed, signal } = options;
  const random = createRandom(seed);
  const counts = new Map<number, number>();
  const underway: Promise<void>[] = [];
  let queue: ShopRequest[] = [];
  const startedAtMs = performance.now();
  for (let sent = 0; sent < count && !signal.aborted; sent += 1) {
    if (queue.length === 0) queue = random.shuffle(options.requests);
    const request = queue.pop();
    if (!request) break;
    underway.push(
      sendRequest(url, request).then((status) => {
        counts.set(status ?? 0, (counts.get(status ?? 0) ?? 0) + 1);
      }),
    );
    const waitMs = startedAtMs + ((sent + 1) * 1000) / perSecond - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  await Promise.all(underway);
  return counts;
}

/** `180 good, 12 refused, 9 failed`. */
export function describeCounts(counts: StatusCounts): string {
  const sum = (isMeant: (status: number) => boolean) =>
    [...counts].reduce((total, [status, count]) => total + (isMeant(status) ? count : 0), 0);
  const good = sum((status) => status >= 200 && status < 400);
  const refused = sum((status) => status >= 400 && status < 500);
  const aborted = sum((status) => status === 0);
  const failed = sum((status) => status >= 500);
  return `${good} good, ${refused} refused (4xx), ${failed} failed (5xx)${aborted > 0 ? `, ${aborted} aborted by callers` : ""}`;
}

import type { LinkShift, LinkStatistics } from "../observations/observations.ts";
import { at } from "./operation-shifts.ts";
import type { LinkedSpan } from "./span-tree.ts";

/**
 * The time between two components: what a caller waited that the called one did not work. Of each call the caller's span less the callee's; where the
 * caller has no span of its own for the call, there is none. Where the called one wrote no span all of the call counts, and the link is open.
 */
export function linkShifts(baseline: readonly LinkedSpan[], incident: readonly LinkedSpan[]): LinkShift[] {
  const [before, now] = [waits(baseline), waits(incident)];
  return [...new Set([...before.keys(), ...now.keys()])].sort().map((key) => {
    const [from = "", to = "", open] = key.split("\n");
    return {
      from,
      to,
      ...(open === undefined ? {} : { isOpen: true }),
      baseline: statistics(before.get(key) ?? []),
      incident: statistics(now.get(key) ?? []),
      ref: `link:${from}/${to}${open === undefined ? "" : "/open"}`,
    };
  });
}

function waits(spans: readonly LinkedSpan[]): Map<string, number[]> {
  const all = new Map<string, number[]>();
  for (const { span, remote, isInferred } of spans) {
    if (remote === null) continue;
    const key = `${span.component}\n${remote.component}${isInferred ? "\nopen" : ""}`;
    const waited = isInferred ? span.durationMs : Math.max(0, span.durationMs - remote.durationMs);
    const known = all.get(key);
    if (known === undefined) all.set(key, [waited]);
    else known.push(waited);
  }
  return all;
}

function statistics(values: number[]): LinkStatistics {
  values.sort((a, b) => a - b);
  return { count: values.length, medianMs: at(values, 0.5), p95Ms: at(values, 0.95) };
}

import { normalizeRoute } from "../fingerprint/normalize-route.ts";
import type { OperationShift, OperationStatistics } from "../observations/observations.ts";
import type { World } from "../world/world.ts";
import type { Inspected } from "./context.ts";
import type { Finding } from "./finding.ts";
import { spanOf } from "./span-of.ts";

/** So many failures would have been seen before, had it failed then as it does now: seeing none has a chance below 5 % (the rule of three). */
const expectedMin = 3;
/** What was asked before may be asked in another way since: however many requests went well, it speaks so far against a commit, in log-odds. */
const againstMax = 2.5;

/**
 * Requests of the failing route that the running revision answered well before the failure began: had its commits broken that route, they would have failed as often as
 * they do now (a likelihood ratio). A route that was asked rarely, or fails rarely, shows nothing by it, and a bug on it is found late.
 */
export function servedRoute({ world, candidates }: Inspected): Finding[] {
  const { running, incident, observed } = world;
  const route = routeOf(world);
  if (running === null || observed === null || route === null) return [];
  // Only what this revision answered counts: it must have run before the hour that is compared with began.
  if (Date.parse(running.fromAt) > observed.baseline.from || incident.isRegression) return [];
  const minutes = (observed.baseline.to - observed.baseline.from) / 60_000;
  const requests = requestsOf(route.baseline, minutes);
  const share = Math.min(0.99, route.incident.errorShare);
  const failed = requests * route.baseline.errorShare;
  const expected = requests * share;
  if (!(expected >= expectedMin) || failed > 0.1 * expected) return [];
  const ranMs = Date.parse(incident.firstAt) - Date.parse(running.fromAt);
  return candidates.map((commit) => ({
    inspection: "served_route",
    subject: { kind: "commit", sha: commit.sha },
    weight: -Math.min(againstMax, -(requests - failed) * Math.log(1 - share)),
    text: `it had run for ${spanOf(ranMs)}, and in the hour before the failure ${route.operation} answered ${Math.round(requests - failed)} of ${Math.round(requests)} requests on it without failing; since then ${Math.round(100 * share)} of 100 fail`,
    evidence: {
      kind: "trace_operation",
      source: "telemetry",
      ref: route.ref,
      title: `What ${route.operation} answered before and since`.slice(0, 200),
      snapshot: `before: ${JSON.stringify(route.baseline)}\nduring: ${JSON.stringify(route.incident)}`,
    },
  }));
}

/** What the failing route of the failing service did; of its methods the one that fails most. */
function routeOf({ incident, observed }: World): OperationShift | null {
  const component = observed?.target?.component ?? null;
  if (incident.route === null || component === null) return null;
  const wanted = pathOf(incident.route);
  return (observed?.operations ?? [])
    .filter((one) => one.component === component && pathOf(one.operation) === wanted)
    .reduce<OperationShift | null>(
      (most, one) => (most === null || one.incident.errorShare > most.incident.errorShare ? one : most),
      null,
    );
}

/** An error names its route, a span its method as well. */
function pathOf(route: string): string {
  return normalizeRoute(route.replace(/^[A-Z]+ (?=\/)/, ""));
}

function requestsOf({ count, perMinute }: OperationStatistics, minutes: number): number {
  return count ?? perMinute * minutes;
}

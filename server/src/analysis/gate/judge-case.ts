import type { GatePolicy } from "@culprit/contract";
import type { GateCase, GateRule, GateVerdict } from "./gate-case.ts";
import { type DemandVerdict, tellDemand } from "./tell-demand.ts";

/** What each rule looks at. */
interface Facts {
  readonly one: GateCase;
  readonly policy: GatePolicy;
  readonly demand: DemandVerdict | null;
}
type Ruling = { readonly decision: GateVerdict["decision"]; readonly rationale: string; readonly waitMs?: number };

/** In this order: the first that has something to say decides, and what no rule suppresses is approved. */
const rules: readonly (readonly [GateRule, (facts: Facts) => Ruling | null])[] = [
  ["information", information],
  ["maintenance", maintenance],
  ["duplicate", duplicate],
  ["latency", latency],
  ["traffic", traffic],
  ["flakiness", flakiness],
  ["persistence", persistence],
  ["change_required", changeRequired],
  ["demand", demandGrowth],
];

/**
 * Approves or suppresses a case by the rules of a policy, with the reason in words, or asks to wait. Pure: the same case and
 * policy give the same verdict, so that a policy can be tried on history. What came by SDKs and traces is judged by severity
 * alone, unless the policy says more: a new failure is approved. Slow requests are one only when there are several.
 */
export function judgeCase(one: GateCase, policy: GatePolicy): GateVerdict {
  const demand = one.trigger === null ? null : tellDemand(one.trigger, policy);
  const path = demand?.path ?? "unknown";
  const allowModel = path !== "capacity";
  for (const [rule, judge] of rules) {
    const ruling = judge({ one, policy, demand });
    if (ruling !== null) return { rule, path, allowModel, waitMs: 0, ...ruling };
  }
  const [change] = one.changes;
  const near = change === undefined ? null : `${capital(change.title)} came ${lead(one.beganAt - change.at)} before.`;
  const rationale = [opening(one, policy), near, demand?.path === "unknown" ? null : demand?.text]
    .filter((text) => text != null)
    .join(" ");
  return {
    ...{ decision: "approved", rule: change === undefined ? "new_failure" : "change_nearby" },
    ...{ rationale, path, allowModel, waitMs: 0 },
  };
}

function opening({ trigger, severity, slowRequests }: GateCase, { latency }: GatePolicy): string {
  if (trigger !== null) return `${trigger.text} It has lasted ${minutes(trigger.lastedMs)}.`;
  return slowRequests === null
    ? `A new failure of severity ${severity}.`
    : `${slowWords(slowRequests, latency.window_s)}.`;
}

function slowWords(requests: number, window_s: number): string {
  return `${requests} ${requests === 1 ? "request" : "requests"} of this route ${requests === 1 ? "was" : "were"} slow within ${minutes(window_s * 1000)}`;
}

function information({ one, policy }: Facts): Ruling | null {
  if (!policy.information.includes(one.severity)) return null;
  return suppressed(
    `Its severity is ${one.severity} (sent as information), so nothing is done by itself. It can be investigated from its page.`,
  );
}

function maintenance({ one, policy }: Facts): Ruling | null {
  if (one.maintenance === null || !policy.maintenance.sources.includes(one.source)) return null;
  const until = new Date(one.maintenance.endsAt).toISOString();
  return suppressed(`It began during maintenance (${one.maintenance.reason}), which is announced until ${until}.`);
}

function duplicate({ one }: Facts): Ruling | null {
  if (one.trigger === null || one.duplicateOf === null) return null;
  const { incidentId, title } = one.duplicateOf;
  return suppressed(`It is another view of ${incidentId} (${title}), which the same service has at the same time.`);
}

function latency({ one: { slowRequests, changes }, policy }: Facts): Ruling | null {
  const { requests_min, with_change_min, window_s } = policy.latency;
  const isNear = changes.length > 0;
  // A policy that asks for more where a change is near is a slip of the pen.
  const asked = isNear ? Math.min(with_change_min, requests_min) : requests_min;
  if (slowRequests === null || slowRequests >= asked) return null;
  return suppressed(
    `${slowWords(slowRequests, window_s)}; ${asked} are asked for ${isNear ? "after a change" : "without a change nearby"}. It is judged again when more are slow.`,
  );
}

function traffic({ one, policy }: Facts): Ruling | null {
  const requests = one.trigger?.requestsPerMinute ?? null;
  const least = policy.traffic.requests_per_minute_min;
  // A service that can't begin has no traffic, which is the point.
  if (requests === null || requests >= least || one.trigger?.type === "crashloop") return null;
  return suppressed(
    `${Math.round(requests)} requests a minute are below the floor of ${least}: too few to tell trouble from chance.`,
  );
}

function flakiness({ one, policy }: Facts): Ruling | null {
  const { recoveries, days, lasts_s, sources } = policy.flakiness;
  if (one.recoveries < recoveries || !sources.includes(one.source) || one.severity === "critical") return null;
  if (one.changes.length > 0 || lastedMs(one) >= lasts_s * 1000) return null;
  return suppressed(
    `It came and went away by itself ${one.recoveries} times in ${days} days, and nothing was changed now. It is approved if it lasts ${minutes(lasts_s * 1000)}.`,
  );
}

function lastedMs({ trigger, decidedAt, beganAt }: GateCase): number {
  return trigger === null ? decidedAt - beganAt : trigger.lastedMs;
}

function persistence({ one, policy }: Facts): Ruling | null {
  const { trigger } = one;
  if (trigger === null || trigger.type === "crashloop") return null;
  const isNear = one.changes.length > 0;
  const needMs = 1000 * (isNear ? policy.persistence.with_change_s : policy.persistence.without_change_s);
  if (trigger.lastedMs >= needMs) return null;
  const asked = `${minutes(needMs)} are asked for ${isNear ? "after a change" : "without a change nearby"}`;
  if (trigger.isOver) return suppressed(`It lasted ${minutes(trigger.lastedMs)} and is over; ${asked}.`);
  return {
    decision: "wait",
    rationale: `It has lasted ${minutes(trigger.lastedMs)}; ${asked}.`,
    waitMs: needMs - trigger.lastedMs,
  };
}

function changeRequired({ one, policy }: Facts): Ruling | null {
  if (!policy.is_change_required || one.trigger === null || one.changes.length > 0) return null;
  return suppressed(
    `Nothing was deployed or reconfigured in the ${minutes(policy.change_window_s * 1000)} before, and the policy asks for a change.`,
  );
}

function demandGrowth({ policy, demand }: Facts): Ruling | null {
  if (policy.demand.action !== "suppress" || demand === null || !demand.isConfirmed) return null;
  return suppressed(demand.text);
}

function suppressed(rationale: string): Ruling {
  return { decision: "suppressed", rationale };
}

/** 90 s as `90 s`, 300 s as `5 min`. */
export function minutes(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** "0 s before" is no sentence. */
function lead(ms: number): string {
  return ms < 1000 ? "just" : minutes(ms);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

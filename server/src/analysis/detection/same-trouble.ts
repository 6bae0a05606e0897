import { type ServiceCall, type Way, waysOfCalls } from "./way-of-calls.ts";

/** What an incident is known by, the most telling first. */
export const tellings = ["stack", "exception", "log line", "status", "detector"] as const;
export type Telling = (typeof tellings)[number];

/** An incident as far as it matters for whether another one is the same trouble. */
export interface Trouble {
  readonly id: string;
  readonly environment: string;
  /** The service's name. */
  readonly service: string;
  /** Milliseconds since 1970. */
  readonly beganAt: number;
  /** Traces that told of it, of those that were looked at. */
  readonly traces: number;
  readonly telling: Telling;
  /** A detector saw that its service became slow. */
  readonly isSlow: boolean;
  /** Its error only hands on that another service failed: "answered 500". */
  readonly isPassedOn: boolean;
}

export interface Overlap {
  readonly ids: readonly [string, string];
  /** Traces that told of both. */
  readonly shared: number;
}

/** Two incidents of one trouble: `from` is how the failure of `into` shows elsewhere. */
export interface SameTrouble {
  readonly from: string;
  readonly into: string;
  readonly reason: string;
  readonly by: "traces" | "calls";
}

/** A trouble passes on to callers within so long: their time-outs, and the time that detectors take. */
const APART_MS = 5 * 60_000;
/** So many of the traces of the one with fewer must have told of both. */
const SHARED_MIN = 0.5;

/**
 * Which incidents are one trouble. Two of different services are where they began within five minutes, in one environment, and either at least half of
 * the requests that tell of the one tell of the other; or one of them is known of no request (a detector's, an SDK's without tracing), and the calls
 * that lead from one service to the other fail, or are slow where both services became slow. Two of the same service are where their requests are the same and one of them has no exception: a line or
 * an answer 5xx that came before the exception of its request. Where both are known of requests, those decide, also against a third that would
 * join them: neighbours that fail in different requests have two troubles.
 *
 * The incident that tells most remains (`tellings`; a stack that hands on another's answer tells no more than an exception); of those that tell as much
 * the one whose service is deepest along the calls; else one that hands nothing on, that began first.
 */
export function sameTroubles(
  troubles: readonly Trouble[],
  overlaps: readonly Overlap[],
  calls: readonly ServiceCall[],
): readonly SameTrouble[] {
  const shared = new Map(overlaps.map(({ ids: [a, b], shared: count }) => [pairOf(a, b), count]));
  const ordered = [...troubles].sort((a, b) => a.beganAt - b.beganAt || (a.id < b.id ? -1 : 1));
  const wayOf = waysOfCalls(calls);
  const wayBetween: WayBetween = (from, to) => wayOf(from, to, kindsOf(from, to));
  const isCalled = calledBy(wayOf);
  const links = new Map<string, Link>();
  for (const [index, a] of ordered.entries())
    for (const b of ordered.slice(index + 1)) {
      const link = linkOf(a, b, shared.get(pairOf(a.id, b.id)) ?? 0, wayBetween);
      if (link !== null) links.set(pairOf(a.id, b.id), link);
    }
  return groupsOf(ordered, links).flatMap((group) => mergesOf(group, links, isCalled));
}

interface Link {
  readonly pair: readonly [Trouble, Trouble];
  readonly by: "traces" | "calls";
  /** Of two, the one that is surer. */
  readonly strength: number;
  readonly reasonFor: (from: Trouble) => string;
}

type WayBetween = (from: Trouble, to: Trouble) => Way | null;

/** Why two are one trouble; null where nothing says so. */
function linkOf(a: Trouble, b: Trouble, count: number, wayBetween: WayBetween): Link | null {
  if (a.environment !== b.environment) return null;
  const isOneService = a.service === b.service;
  const looked = Math.min(a.traces, b.traces);
  const isNear = Math.abs(a.beganAt - b.beganAt) <= APART_MS;
  if (looked > 0) {
    const share = count / looked;
    // The order in which a service's line and its span arrive has nothing to do with when the failure began.
    const isOne = isOneService ? isBare(a) || isBare(b) : isNear;
    if (!isOne || share < SHARED_MIN) return null;
    const many = `${count} of ${looked} that were looked at`;
    const reasonFor = (from: Trouble) =>
      isOneService
        ? `Both are of the same requests of ${a.service} (${many}).`
        : `${from.service} fails in the same requests as ${other(from, a, b).service} (${many}).`;
    return { pair: [a, b], by: "traces", strength: 10 + share, reasonFor };
  }
  if (isOneService || !isNear) return null;
  const way = wayBetween(b, a) ?? wayBetween(a, b);
  if (way === null) return null;
  const reason = `The calls that lead from ${way.services.join(" to ")} ${way.how}, and both began within five minutes.`;
  return { pair: [a, b], by: "calls", strength: 1 / way.services.length, reasonFor: () => reason };
}

/** Those that belong together, by the surest links first; what two incidents say of each other is not overruled by a third. */
function groupsOf(troubles: readonly Trouble[], links: ReadonlyMap<string, Link>): readonly (readonly Trouble[])[] {
  const groups = new Map(troubles.map((one) => [one.id, [one]]));
  const isApart = (a: Trouble, b: Trouble) =>
    ((a.traces > 0 && b.traces > 0) || a.service === b.service) && !links.has(pairOf(a.id, b.id));
  for (const { pair } of [...links.values()].sort((a, b) => b.strength - a.strength)) {
    const [own, others] = [groups.get(pair[0].id) ?? [], groups.get(pair[1].id) ?? []];
    if (own === others || own.some((a) => others.some((b) => isApart(a, b)))) continue;
    const together = [...own, ...others];
    for (const one of together) groups.set(one.id, together);
  }
  return [...new Set(groups.values())];
}

function mergesOf(
  group: readonly Trouble[],
  links: ReadonlyMap<string, Link>,
  isCalled: IsCalled,
): readonly SameTrouble[] {
  const kept = survivorOf(group, isCalled);
  if (kept === undefined) return [];
  return group.flatMap((from) => {
    if (from === kept) return [];
    const near = [kept, ...group].map((one) => links.get(pairOf(one.id, from.id))).find((link) => link !== undefined);
    return near === undefined ? [] : [{ from: from.id, into: kept.id, reason: near.reasonFor(from), by: near.by }];
  });
}

function survivorOf(group: readonly Trouble[], isCalled: IsCalled): Trouble | undefined {
  const most = Math.min(...group.map(rankOf));
  const least = group.some((one) => rankOf(one) === most && one.isPassedOn)
    ? Math.max(most, tellings.indexOf("exception"))
    : most;
  const telling = group.filter((one) => rankOf(one) <= least);
  const deepest = telling.filter((one) => !telling.some((called) => isCalled(called, one)));
  const [kept] = (deepest.length > 0 ? deepest : telling).sort(
    (a, b) =>
      Number(a.isPassedOn) - Number(b.isPassedOn) ||
      rankOf(a) - rankOf(b) ||
      a.beganAt - b.beganAt ||
      (a.id < b.id ? -1 : 1),
  );
  return kept;
}

type WayOf = ReturnType<typeof waysOfCalls>;
type IsCalled = (callee: Trouble, caller: Trouble) => boolean;

/** Says that one service is called by another and does not call it: by the calls in trouble, and where these say nothing by all that are made. */
function calledBy(wayOf: WayOf): IsCalled {
  return (callee, caller) => {
    if (callee.service === caller.service) return false;
    for (const kinds of [kindsOf(caller, callee), ["are made" as const]]) {
      const [there, back] = [wayOf(caller, callee, kinds) !== null, wayOf(callee, caller, kinds) !== null];
      if (there !== back) return there;
    }
    return false;
  };
}

/** That a service became slow is passed on to callers by slow calls; what else goes wrong in it by failing ones. */
function kindsOf(a: Trouble, b: Trouble): readonly ServiceCall["how"][] {
  return a.isSlow && b.isSlow ? ["fail", "are slow"] : ["fail"];
}

function rankOf({ telling }: Trouble): number {
  return tellings.indexOf(telling);
}

/** Says that something failed, not why. */
function isBare({ telling }: Trouble): boolean {
  return telling === "log line" || telling === "status";
}

function other(one: Trouble, a: Trouble, b: Trouble): Trouble {
  return one.id === a.id ? b : a;
}

function pairOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

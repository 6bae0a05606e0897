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
  /** It may be how another's failure shows here: a time-out, a connection that ended, another's answer 5xx, or slowness. */
  readonly isSymptom: boolean;
  /** Whom its words blame, as they name it: a service, a host, an address; null where they name nobody. */
  readonly blames: string | null;
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
 * that lead from one service to the other fail, or are slow where both services became slow; or the caller's is a symptom (`isSymptom`) that blames nobody else, and
 * all calls that lead to the other fail or are slow: a callee that answers too late tells of other requests than the callers that gave up. Two of the same service are where their requests are the same and one of them has no exception: a line or
 * an answer 5xx that came before the exception of its request; where both are symptoms and one of them is slowness; or where both are symptoms of a third. Where both are known of requests, those decide else, also against a third that would
 * join them: neighbours that fail in different requests have two troubles.
 *
 * The incident that tells most remains (`tellings`; a stack that hands on another's answer tells no more than an exception); of those that tell as much
 * the one whose service is deepest along the calls; else one that hands nothing on, that began first. Where that is a symptom, or an answer without an exception, and a service that it calls has one
 * of the others, that is where it comes from: of those the same.
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
  const wayOfSymptom = waysOfSymptoms(calls);
  const links = new Map<string, Link>();
  for (const [index, a] of ordered.entries())
    for (const b of ordered.slice(index + 1)) {
      const link = linkOf(a, b, shared.get(pairOf(a.id, b.id)) ?? 0, wayBetween) ?? linkOfSymptom(a, b, wayOfSymptom);
      if (link !== null) links.set(pairOf(a.id, b.id), link);
    }
  linkSymptomsOfOne(links);
  return groupsOf(ordered, links).flatMap((group) => mergesOf(group, links, isCalled));
}

interface Link {
  readonly pair: readonly [Trouble, Trouble];
  readonly by: "traces" | "calls";
  /** The one that the other is a symptom of, where that is why. */
  readonly source?: Trouble;
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

/** Why one of two is a symptom of the other, or both are of one slowness; null where nothing says so. */
function linkOfSymptom(a: Trouble, b: Trouble, wayOfSymptom: WayBetween): Link | null {
  if (a.environment !== b.environment || Math.abs(a.beganAt - b.beganAt) > APART_MS) return null;
  if (a.service === b.service) {
    if (!a.isSymptom || !b.isSymptom || !(a.isSlow || b.isSlow)) return null;
    const reason = `${a.service} became slow in the same five minutes.`;
    return { pair: [a, b], by: "calls", strength: 0.1, reasonFor: () => reason };
  }
  for (const [caller, source] of [
    [a, b],
    [b, a],
  ] as const) {
    const way = caller.isSymptom ? wayOfSymptom(caller, source) : null;
    if (way === null) continue;
    const reason = `The calls that lead from ${way.services.join(" to ")} fail or are slow, which is what ${caller.service} tells of, and both began within five minutes.`;
    return { pair: [a, b], by: "calls", strength: 1 / way.services.length, source, reasonFor: () => reason };
  }
  return null;
}

/** Two symptoms of one trouble are one, though their own services have nothing to do with each other. */
function linkSymptomsOfOne(links: Map<string, Link>): void {
  const symptoms = new Map<string, { readonly symptom: Trouble; readonly link: Link }[]>();
  for (const link of links.values()) {
    const { source, pair } = link;
    if (source === undefined) continue;
    const symptom = other(source, ...pair);
    symptoms.set(source.id, [...(symptoms.get(source.id) ?? []), { symptom, link }]);
  }
  for (const ofOne of symptoms.values())
    for (const [index, { symptom: a, link }] of ofOne.entries())
      for (const { symptom: b } of ofOne.slice(index + 1)) {
        const key = pairOf(a.id, b.id);
        const { by, reasonFor } = link;
        if (!links.has(key)) links.set(key, { pair: [a, b], by, strength: 0.01, reasonFor });
      }
}

/** Ways of calls that all fail or are slow, to services that a symptom may be about. */
function waysOfSymptoms(calls: readonly ServiceCall[]): WayBetween {
  const troubled = calls.filter(({ how }) => how !== "are made").map((call) => ({ ...call, how: "fail" as const }));
  const wayOf = waysOfCalls(troubled);
  const names = new Set(calls.flatMap(({ caller, callee }) => [caller, callee]));
  return (caller, source) => {
    const way = wayOf(caller, source, ["fail"]);
    return way !== null && mayBlame(caller.blames, way.services[1] ?? "", names) ? way : null;
  };
}

const internalHost = /\.(?:svc|local|internal|lan|cluster|consul|home\.arpa)(?:\.|$)/;
const address = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[.*\]|localhost)$/;
/** Of PostgreSQL, MySQL, SQL Server, Oracle, MongoDB, Redis, Memcached, Elasticsearch, Cassandra, RabbitMQ, Kafka. */
const storePorts = new Set("5432 3306 1433 1521 27017 6379 11211 9200 9042 5672 9092".split(" "));

/** Whether words that blame `blamed` may mean the service: a name of another service, a public host or a database's address is somebody else. */
function mayBlame(blamed: string | null, service: string, names: ReadonlySet<string>): boolean {
  if (blamed === null) return true;
  const [, host = blamed, port = ""] = /^(.*?)(?::(\d{1,5}))?$/.exec(blamed) ?? [];
  if (storePorts.has(port)) return false;
  if (host === service || address.test(host)) return true;
  if (host.includes(".") && !internalHost.test(host)) return false;
  const name = host.split(".", 1)[0] ?? host;
  return name === service || !names.has(name);
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
  if (kept === undefined || !(kept.isSymptom || kept.telling === "status")) return kept;
  return (
    survivorOf(
      group.filter((one) => isCalled(one, kept)),
      isCalled,
    ) ?? kept
  );
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

import type { Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { states } from "../../platform/db/try-again.ts";
import { type Adoption, adoptFingerprints } from "./adopt-fingerprints.ts";
import { countOccurrences } from "./count-occurrences.ts";
import { type Known, type KnownIncident, lookUp } from "./look-up.ts";
import { type CallsOfRequests, lookUpCalls } from "./look-up-calls.ts";
import { nameServices } from "./name-services.ts";
import type { Occurrence } from "./occurrence.ts";
import { openIncidents } from "./open-incidents.ts";
import { judgeResolved, reopenIncidents } from "./reopen-incidents.ts";
import { isBare, isOneRequest, isOneRequestOf } from "./same-request.ts";
import type { JoinReason, SignalToStore, StoredSignal, StorePolicy } from "./signal-to-store.ts";
import { countFaults, raiseSeverities, storeFaults } from "./store-faults.ts";
import { learnLines, tellLinesApart } from "./tell-lines-apart.ts";

/**
 * When a transaction that stores signals is worth another try: a deadlock, a serialisation failure, or a foreign key, because
 * retention took the incident away between look-up and commit; the next look-up does not find it, and a new one is opened.
 */
export const storingConflicts = {
  states: [states.serializationFailure, states.deadlock, states.foreignKeyViolation],
  triesMax: 5,
};

export interface StoreResult {
  /** In the order of the signals. */
  readonly stored: readonly StoredSignal[];
  /** Projects with incidents that nobody has decided about yet, or that the gate suppressed for want of what came now. */
  readonly projectsToGate: readonly string[];
}

/**
 * Attaches many signals to their incidents: repeats of an event id change nothing, known fingerprints are counted,
 * unknown ones open an incident. One failure is one incident under any concurrency, because whoever inserts the
 * fingerprint first opens it. Needs a transaction; takes its row locks in key order.
 */
export async function storeSignals(
  tx: Transaction<DB>,
  signals: readonly SignalToStore[],
  policy: StorePolicy,
): Promise<StoreResult> {
  const known = await lookUp(tx, signals);
  const fresh = firstOfEachEvent(signals).filter(({ eventKey }) => !known.acknowledged.has(eventKey));
  const newFaults = await storeFaults(tx, fresh);
  const { items, learnt } = tellLinesApart(fresh, known);
  const joined = items.length === 0 ? new Map<string, Occurrence>() : await joinSignals(tx, items, known);
  await learnLines(tx, learnt, joined);
  const repeated = await countOccurrences(tx, [...joined.values()], known, policy);
  const counted = fresh.filter(({ eventKey }) => !repeated.has(eventKey));
  await countFaults(tx, counted, newFaults);
  const stored = signals.map(({ eventKey }): StoredSignal => {
    const before = known.acknowledged.get(eventKey) ?? repeated.get(eventKey);
    if (before !== undefined) return { incidentId: before, outcome: "repeated" };
    const now = joined.get(eventKey);
    if (now === undefined) throw new Error(`the signal ${eventKey} was neither known nor joined`);
    return { incidentId: now.incident.id, outcome: now.reason === "opened" ? "created" : "counted" };
  });
  const undecided = [...joined.values()].filter((one) => isNews(one) && !repeated.has(one.item.eventKey));
  return { stored, projectsToGate: [...new Set(undecided.map(({ item }) => item.projectId))] };
}

/** What the gate has not decided about, or decided about with less: a further slow request, or what explains the one before. */
function isNews({ reason, incident, item }: Occurrence): boolean {
  if (reason === "opened" || reason === "reopened") return true;
  // One that is open may be suppressed in this moment, by a gate that does not see this request yet.
  if (item.signal.detector === "latency") return incident.status === "suppressed" || incident.status === "open";
  return incident.status === "suppressed" && reason === "same_trace";
}

/**
 * Decides for each signal which incident it belongs to, and why; opens, reopens and merges what must be.
 * The order of the rules: own fingerprint; for a bare failure the incident that its trace explains; for an exception
 * the bare incident of its trace, which it then explains; for an exception of another service the incident that began just now in the same request; a new incident.
 */
async function joinSignals(
  tx: Transaction<DB>,
  fresh: readonly SignalToStore[],
  { byTrace, byFingerprint }: Known,
): Promise<Map<string, Occurrence>> {
  const calls = await lookUpCalls(tx, fresh, { byTrace, byFingerprint });
  const reopeningReason = await judgeResolved(tx, [...byFingerprint.values(), ...[...byTrace.values()].flat()], fresh);
  const joined = new Map<string, Occurrence>();
  const adoptions: Adoption[] = [];
  const reopened = new Map<string, { item: SignalToStore; reason: string }>();
  const toOpen = new Map<string, SignalToStore[]>();
  const followers: { item: SignalToStore; key: string; opening: SignalToStore }[] = [];
  const openingOfTrace = new Map<string, { readonly key: string; readonly item: SignalToStore }>();
  const explainers = new Map<string, SignalToStore>();

  const settle = (item: SignalToStore, incident: KnownIncident, reason: JoinReason, isExplaining = false) => {
    let why = reason;
    if (incident.status === "resolved" && !reopened.has(incident.id)) {
      const again = reopeningReason(incident, item);
      why = again === null ? "late" : "reopened";
      if (again !== null) reopened.set(incident.id, { item, reason: again });
    }
    joined.set(item.eventKey, { item, incident, reason: why, isExplaining });
    if (item.traceKey === null) return;
    const ofTrace = byTrace.get(item.traceKey) ?? [];
    if (!ofTrace.some(({ id }) => id === incident.id)) byTrace.set(item.traceKey, [...ofTrace, incident]);
    else if (isExplaining)
      byTrace.set(
        item.traceKey,
        ofTrace.map((one) => (one.id === incident.id ? incident : one)),
      );
  };
  const explain = (item: SignalToStore, outer: KnownIncident, first: SignalToStore | KnownIncident) => {
    const incident = explainedBy(item, outer);
    adoptions.push({ item, incident, keepsFrames: calls.hasMoreCode(explainers.get(outer.id) ?? first, item) });
    explainers.set(outer.id, item);
    byFingerprint.set(item.fingerprintKey, incident);
    settle(item, incident, "same_trace", true);
  };

  for (const item of inOrderOfCause(fresh, calls)) {
    const key = item.fingerprintKey;
    const own = byFingerprint.get(key);
    const ofTrace = item.traceKey === null ? [] : (byTrace.get(item.traceKey) ?? []);
    const opening = item.traceKey === null ? undefined : openingOfTrace.get(item.traceKey);
    const explaining = ofTrace.find(({ errorType }) => errorType !== null) ?? ofTrace[0];
    const bare = ofTrace.find(({ errorType }) => errorType === null);
    const behind = own === undefined ? ofTrace.find((one) => isOneRequest(item, one)) : undefined;
    const isExplaining =
      behind !== undefined && (calls.isBehind(item, explainers.get(behind.id) ?? behind) ?? isBefore(item, behind));
    const called = bare ?? (isExplaining ? behind : undefined);
    const outer = isBare(item) ? undefined : called;
    if (isBare(item) && explaining !== undefined) {
      settle(item, explaining, "same_trace");
    } else if (isBare(item) && opening !== undefined) {
      followers.push({ item, ...{ key: opening.key, opening: opening.item } });
    } else if (own !== undefined) {
      settle(item, own, ofTrace.some(({ id }) => id === own.id) ? "same_trace" : "same_fingerprint");
    } else if (outer !== undefined) {
      explain(item, outer, outer);
    } else if (behind !== undefined) {
      settle(item, behind, "same_trace");
    } else if (opening !== undefined && isOneRequestOf(item, opening.item)) {
      followers.push({ item, ...{ key: opening.key, opening: opening.item } });
    } else {
      toOpen.set(key, [...(toOpen.get(key) ?? []), item]);
      if (item.traceKey !== null && !isBare(item) && opening === undefined)
        openingOfTrace.set(item.traceKey, { key, item });
    }
  }

  const opened = await openIncidents(
    tx,
    [...toOpen.values()].flatMap(([first]) => (first === undefined ? [] : [first])),
  );
  const openedAs = (key: string) => {
    const incident = opened.get(key);
    if (incident === undefined) throw new Error(`no incident was opened or found for ${key}`);
    return incident;
  };
  for (const [key, items] of toOpen) {
    const { known, isNew } = openedAs(key);
    for (const [index, item] of items.entries())
      settle(item, known, isNew && index === 0 ? "opened" : "same_fingerprint");
  }
  for (const { item, key, opening } of followers) {
    const { known, isNew } = openedAs(key);
    const isExplaining = isNew && !isBare(item) && calls.isBehind(item, explainers.get(known.id) ?? opening) === true;
    if (isExplaining) explain(item, known, opening);
    else settle(item, known, "same_trace");
  }
  await adoptFingerprints(tx, adoptions);
  await reopenIncidents(tx, reopened);
  await raiseSeverities(tx, [...joined.values()]);
  await nameServices(tx, [...joined.values()]);
  return joined;
}

function isBefore({ signal }: SignalToStore, { occurredAt }: KnownIncident): boolean {
  return Date.parse(signal.occurredAt) < occurredAt.getTime();
}

function explainedBy({ signal }: SignalToStore, incident: KnownIncident): KnownIncident {
  const errorType = signal.exceptions[0]?.type ?? "Error";
  return {
    ...incident,
    errorType,
    service: signal.service ?? incident.service,
    occurredAt: new Date(signal.occurredAt),
  };
}

/**
 * Exceptions first: the bare 5xx of the same request then finds the incident that explains it. Of one request the callee's comes before the caller's, which it
 * made fail: that of the deepest service where it shows as much of the code, else the earliest.
 */
function inOrderOfCause(fresh: readonly SignalToStore[], calls: CallsOfRequests): readonly SignalToStore[] {
  const ordered = [...fresh].sort((a, b) => Number(isBare(a)) - Number(isBare(b)) || inOrder(a, b));
  const firsts = new Map<string, SignalToStore>();
  const leaders = new Map<string, SignalToStore>();
  for (const item of ordered) {
    if (item.traceKey === null || isBare(item)) continue;
    const leader = leaders.get(item.traceKey);
    if (leader === undefined) firsts.set(item.traceKey, item);
    if (leader === undefined || (calls.isBehind(item, leader) === true && !calls.hasMoreCode(leader, item)))
      leaders.set(item.traceKey, item);
  }
  return ordered.flatMap((item) => {
    const [first, leader] = [firsts.get(item.traceKey ?? ""), leaders.get(item.traceKey ?? "")];
    if (leader === undefined || first === leader) return [item];
    return item === first ? [leader, item] : item === leader ? [] : [item];
  });
}

/** By the instant of the failure; instants are ISO 8601 in UTC, whose order is that of their text. */
function inOrder({ signal: a }: SignalToStore, { signal: b }: SignalToStore): number {
  return a.occurredAt < b.occurredAt ? -1 : a.occurredAt > b.occurredAt ? 1 : 0;
}

function firstOfEachEvent(signals: readonly SignalToStore[]): SignalToStore[] {
  const byEvent = new Map<string, SignalToStore>();
  for (const item of signals) if (!byEvent.has(item.eventKey)) byEvent.set(item.eventKey, item);
  return [...byEvent.values()];
}

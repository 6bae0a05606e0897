import { sql } from "kysely";
import { serviceKeyOf } from "../../../analysis/change/service-identity.ts";
import type {
  Component,
  Edge,
  Interval,
  Observations,
  ObservedChange,
} from "../../../analysis/observations/observations.ts";
import { observeTraces } from "../../../analysis/traces/observe-traces.ts";
import type { MetricName, StoredSeries } from "../../telemetry/index.ts";
import type { IncidentFacts } from "../load-facts.ts";
import { logsArrivedUntil, spansArrivedUntil } from "./arrived-until.ts";
import { componentsOf, ownKeyAmong } from "./components-of.ts";
import { isWorthReading } from "./is-worth-reading.ts";
import { withBroughtCommits } from "./load-brought-commits.ts";
import { loadObservedChanges } from "./load-observed-changes.ts";
import { loadTemplates } from "./load-templates.ts";
import { loadTriggered, targetSeries } from "./load-triggered.ts";
import type { InvestigationDeps } from "./observe-deps.ts";
import { type ReadTraces, readTraces, withTemplateWords } from "./read-traces.ts";
import { isOfCalls, isOfLogs, patternsOfLogs, seriesOfStore } from "./series-of-store.ts";

const MINUTE_MS = 60_000;
/** How long before the trouble is compared with. */
const BASELINE_MS = 60 * MINUTE_MS;
const INCIDENT_MIN_MS = 10 * MINUTE_MS;
const INCIDENT_MAX_MS = 60 * MINUTE_MS;
/** What most series have a value for. A finer step would give a minute's growth to half of it. */
const STEP_MS = MINUTE_MS;
/** A minute's figures are derived within so long after it; before, they are a part of it that looks like a fall. */
const SETTLED_MS = 15_000;
/** Calls that are later than that are not late, there are none. */
const LATE_MS = 120_000;
const SERIES_MAX = 2_000;
/** So many series are told of by name, to see who told anything and how much there is to read. */
const NAMES_MAX = 20_000;
const HOPS = 3;
/** What was changed so long before is suspected by its time. */
const SUSPECTED_MS = 30 * MINUTE_MS;
const SUSPECTS_MAX = 5;
const COMPONENTS_MAX = 100;
/** Of the nearest; many of them may have told nothing. */
const NEAR_MAX = 1_000;

/**
 * What telemetry says around an incident: of its service, of all that calls it or is called by it within three calls, from an hour before
 * until an hour after the first occurrence at most. Of what stands beside, because it was changed lately or because nothing says whose incident it is, only
 * calls and log lines are looked at. Null where there is no telemetry of these at all: then there is nothing to look at, and
 * the code alone answers. Eight reads, whatever the size, and one for each of at most five services beside it that were changed just before.
 */
export async function observeIncident(
  deps: InvestigationDeps,
  facts: IncidentFacts,
  now: Date,
): Promise<Observations | null> {
  const { projectId, environment } = facts;
  const incident = windowOf(facts, now);
  const baseline = { from: incident.from - BASELINE_MS, to: incident.from };
  const span = { fromMs: baseline.from, toMs: incident.to };
  const own = await ownKeys(deps, facts);
  const gaps: string[] = [];
  const changes = await loadObservedChanges(deps.database.db, {
    ...{ projectId, environment, from: new Date(baseline.from - 23 * 3_600_000), to: new Date(incident.to) },
  });
  const near = await withSuspects(deps, facts, await neighbourhood(deps, { projectId, environment }, own), {
    ...{ changes, incident },
  });
  const among = own.length > 0 ? { serviceKeys: near.keys.slice(0, NEAR_MAX) } : {};
  const names = (
    await deps.telemetry.listSeries({ projectId, environment, ...span, ...among, seriesMax: NAMES_MAX })
  ).filter(({ metric }) => isWorthReading(metric));
  const wanted = withinSeries(wantedKeys(near.keys, names, own.length > 0, gaps), names, gaps);
  if (wanted.length === 0) return null;
  const [read, templates, traces, triggered] = await Promise.all([
    deps.telemetry.readSeries({
      ...{ projectId, environment, ...span, serviceKeys: wanted, stepMs: STEP_MS, seriesMax: SERIES_MAX },
      metrics: metricsOf(names, wanted),
    }),
    loadTemplates(deps.database.db, { projectId, environment, serviceKeys: wanted }),
    readTraces(deps.telemetry, { projectId, serviceKeys: wanted, baseline, incident }),
    loadTriggered(deps.database.db, facts.id),
  ]);
  // What stands beside is seen by its calls and lines only: that some gauge of it moves at the same time is no evidence of anything.
  const close = new Set(near.close);
  const stored = read.filter((one) => close.has(one.serviceKey) || isOfCalls(one) || isOfLogs(one));
  if (read.length === SERIES_MAX)
    gaps.push(`${wanted[0]} alone has more than ${SERIES_MAX} series; those were looked at, the rest were not.`);
  const series = seriesOfStore(
    stored.filter((one) => !isOfLogs(one)),
    wholeUntil(traces, now),
  );
  const compared = compareTraces(withTemplateWords(traces, templates), gaps, now);
  const edges = mergeEdges(near.edges, compared.edges);
  const components = componentsOf({ nodes: near.nodes, edges, series, serviceKeys: wanted });
  const target = ownKeyAmong(own, components);
  const shown = target === null ? null : targetSeries(series, target, triggered);
  return {
    baseline,
    incident,
    target: target === null ? null : { component: target, measure: null, seriesId: shown?.id ?? null },
    components,
    edges,
    series,
    logs: patternsOfLogs(stored.filter(isOfLogs), templates, { baseline, incident, stepMs: STEP_MS }),
    operations: compared.operations,
    links: compared.links,
    spanPatterns: compared.spanPatterns,
    brokenSequences: compared.brokenSequences,
    changes: await withBroughtCommits(deps.database.db, facts.id, concerning(changes, components)),
    gaps,
  };
}

/**
 * Changes of what was looked at, or of nothing in particular. A deployment is often told without the cluster that telemetry knows: then the only component of that
 * name is meant.
 */
function concerning(changes: readonly ObservedChange[], components: readonly Component[]): readonly ObservedChange[] {
  const keys = new Set(components.map(({ key }) => key));
  return changes.flatMap((change): ObservedChange[] => {
    if (change.component === null || keys.has(change.component)) return [change];
    const name = change.component.slice(change.component.lastIndexOf("/") + 1);
    const [namesake, other] = components.filter((one) => one.kind === "service" && one.name === name);
    return namesake === undefined || other !== undefined ? [] : [{ ...change, component: namesake.key }];
  });
}

function windowOf(facts: IncidentFacts, now: Date): Interval {
  // The minute in which it was first seen, whole: none is half before and half during, and no change of minutes before seems to come after it.
  const from = Math.floor(facts.firstAt.getTime() / MINUTE_MS) * MINUTE_MS;
  const asked = Math.max(facts.lastAt.getTime(), facts.firstAt.getTime() + INCIDENT_MIN_MS);
  const settled = Math.floor((now.getTime() - SETTLED_MS) / MINUTE_MS) * MINUTE_MS;
  return { from, to: Math.max(from + MINUTE_MS, Math.min(asked, from + INCIDENT_MAX_MS, settled)) };
}

/** The keys of what concerns an incident, nearest first: its service, and what calls it or is called by it; none where nothing says whose it is. */
export async function keysConcerning(
  deps: InvestigationDeps,
  facts: Pick<IncidentFacts, "projectId" | "environment" | "serviceId" | "serviceName">,
): Promise<readonly string[]> {
  return (await neighbourhood(deps, facts, await ownKeys(deps, facts))).keys.slice(0, COMPONENTS_MAX);
}

/** The keys that the incident's service may have in telemetry: its own, and those of the same name in a cluster, because an SDK does not know the cluster. */
async function ownKeys(
  { database }: InvestigationDeps,
  facts: Pick<IncidentFacts, "projectId" | "environment" | "serviceId" | "serviceName">,
): Promise<readonly string[]> {
  if (facts.serviceId === null || facts.serviceName === null) return [];
  const { rows } = await sql<{ cluster_id: string; namespace: string; service_name: string }>`
    SELECT cluster_id, namespace, service_name FROM services
    WHERE project_id = ${facts.projectId} AND service_name = ${facts.serviceName}
      AND (service_id = ${facts.serviceId} OR cluster_id <> 'default' OR namespace = ${facts.environment})
    ORDER BY (service_id = ${facts.serviceId}) DESC, cluster_id, namespace LIMIT 10`.execute(database.db);
  return rows.map((row) => serviceKeyOf(row.cluster_id, row.namespace, row.service_name));
}

async function neighbourhood(
  { topology }: InvestigationDeps,
  at: { readonly projectId: string; readonly environment: string },
  own: readonly string[],
) {
  const found = await Promise.all(
    own.map((serviceKey) => topology.neighbourhood({ ...at, serviceKey, hopsMax: HOPS })),
  );
  const nodes = new Map(found.flatMap((one) => one.nodes).map((node) => [node.key, node]));
  const edges = found.flatMap((one) => one.edges).map(({ fromKey, toKey }): Edge => ({ from: fromKey, to: toKey }));
  const nearest = [...nodes.values()].sort((a, b) => a.hops - b.hops).map(({ key }) => key);
  return { nodes, edges, keys: [...new Set([...own, ...nearest])] };
}

/**
 * The neighbourhood with services beside it that were changed shortly before, such as another callee of a caller: somebody will suspect them, and only
 * their own telemetry clears them. Only those that an edge connects; where the service is not known, all are looked at anyway.
 */
async function withSuspects(
  { topology }: InvestigationDeps,
  { projectId, environment }: Pick<IncidentFacts, "projectId" | "environment">,
  near: Awaited<ReturnType<typeof neighbourhood>>,
  { changes, incident }: { readonly changes: readonly ObservedChange[]; readonly incident: Interval },
): Promise<typeof near & { readonly close: readonly string[] }> {
  if (near.keys.length === 0) return { ...near, close: [] };
  const known = new Set(near.keys);
  const lately = changes.filter(({ at }) => at >= incident.from - SUSPECTED_MS && at < incident.from + MINUTE_MS);
  const keys = [...new Set(lately.flatMap(({ component }) => component ?? []))].filter((key) => !known.has(key));
  const beside = await Promise.all(
    keys.slice(0, SUSPECTS_MAX).map(async (key) => ({
      key,
      ...(await topology.neighbourhood({ projectId, environment, serviceKey: key, hopsMax: 1 })),
    })),
  );
  const connected = beside.filter(({ nodes }) => nodes.some((node) => known.has(node.key)));
  return {
    nodes: new Map([
      ...connected
        .flatMap(({ key, nodes }) => nodes.filter((node) => node.key === key || known.has(node.key)))
        .map((node) => [node.key, node] as const),
      ...near.nodes,
    ]),
    edges: [
      ...near.edges,
      ...connected.flatMap(({ key, edges }) =>
        edges
          .filter(
            ({ fromKey, toKey }) => (fromKey === key || toKey === key) && (known.has(fromKey) || known.has(toKey)),
          )
          .map(({ fromKey, toKey }): Edge => ({ from: fromKey, to: toKey })),
      ),
    ],
    keys: [...near.keys, ...connected.map(({ key }) => key)],
    close: near.keys,
  };
}

/**
 * Services that told anything and concern the incident: its own with those that are known to call it or be called by it; all of them where nothing says
 * whose incident it is. Another service's trouble at the same time is no evidence of anything.
 */
function wantedKeys(
  near: readonly string[],
  names: readonly MetricName[],
  isServiceKnown: boolean,
  gaps: string[],
): readonly string[] {
  const heard = new Set(names.map(({ serviceKey }) => serviceKey));
  if (isServiceKnown) return near.filter((key) => heard.has(key)).slice(0, COMPONENTS_MAX);
  if (heard.size > COMPONENTS_MAX)
    gaps.push(
      `${heard.size} services told something and nothing says whose incident it is; ${COMPONENTS_MAX} of them were looked at.`,
    );
  return [...heard].slice(0, COMPONENTS_MAX);
}

/** The services, nearest first, that have `SERIES_MAX` series together, the first one always; what does not fit between them is left out and said. */
function withinSeries(keys: readonly string[], names: readonly MetricName[], gaps: string[]): readonly string[] {
  const seriesOf = new Map<string, number>();
  for (const { serviceKey, series } of names) seriesOf.set(serviceKey, (seriesOf.get(serviceKey) ?? 0) + series);
  let left = SERIES_MAX;
  const kept = keys.filter((key, index) => {
    const count = seriesOf.get(key) ?? 0;
    if (index > 0 && count > left) return false;
    left -= count;
    return true;
  });
  const others = keys.filter((key) => !kept.includes(key));
  if (others.length > 0)
    gaps.push(
      `The services around it have more than ${SERIES_MAX} series; not looked at were ${others.slice(0, 5).join(", ")}${others.length > 5 ? ` and ${others.length - 5} more` : ""}.`,
    );
  return kept;
}

function metricsOf(names: readonly MetricName[], wanted: readonly string[]): readonly string[] {
  const keys = new Set(wanted);
  return [...new Set(names.filter(({ serviceKey }) => keys.has(serviceKey)).map(({ metric }) => metric))];
}

function compareTraces({ baseline, incident, isCut }: ReadTraces, gaps: string[], now: Date) {
  if (isCut) gaps.push("Of spans and log lines only a part was read: the newest of each time.");
  return observeTraces(baseline, { ...incident, logsUntil: logsArrivedUntil(incident.spans, incident.logs, now) });
}

/** The end of the last minute of which everything has come in: by the clock, and of what is derived from calls by the newest of them. */
function wholeUntil({ incident }: ReadTraces, now: Date) {
  const minuteOf = (ms: number) => Math.floor(ms / MINUTE_MS) * MINUTE_MS;
  const settled = minuteOf(now.getTime() - SETTLED_MS);
  const newest = spansArrivedUntil(incident.spans);
  const isFresh = newest !== null && now.getTime() - newest <= LATE_MS;
  const ofCalls = isFresh ? Math.min(settled, minuteOf(newest)) : settled;
  return (one: Pick<StoredSeries, "metric">) => (isOfCalls(one) ? ofCalls : settled);
}

function mergeEdges(...lists: readonly (readonly Edge[])[]): readonly Edge[] {
  return [...new Map(lists.flat().map((edge) => [`${edge.from}\n${edge.to}`, edge])).values()];
}

import { hash } from "node:crypto";
import type { MetricSample } from "@culprit/contract";
import { sql } from "kysely";
import { evictOldest } from "../../../analysis/bounded/evict-oldest.ts";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { storableRows } from "./storable-rows.ts";

/** About 20 MB; beyond it the ids of a batch are asked of the database. */
const KNOWN_MAX = 200_000;
const DAY_MS = 86_400_000;
/** Metrics of the same labels whose digests are remembered. */
const METRICS_MAX = 64;

/** A sample and whose it is. */
export interface OwnSample {
  readonly projectId: string;
  readonly sample: MetricSample;
}

interface Known {
  readonly id: number;
  lastDayMs: number;
}

/** The digest of a series, and what of it its labels and its metric do not say. */
interface Digested extends Pick<MetricSample, "kind" | "serviceKey" | "environment"> {
  readonly projectId: string;
  readonly digest: string;
}

/** The numbers of series, remembered. A series is made when its first sample comes, and touched once for each new day. */
export class SeriesIds {
  readonly #database: DatabaseScope;
  readonly #known = new Map<string, Known>();
  readonly #digests = new WeakMap<MetricSample["labels"], Map<string, Digested>>();

  constructor(database: DatabaseScope) {
    this.#database = database;
  }

  /** The number of each sample's series, in their order. Makes what is missing in a transaction of its own. */
  async idsOf(samples: readonly OwnSample[]): Promise<readonly number[]> {
    const ids: number[] = [];
    const places: { readonly index: number; readonly digest: string }[] = [];
    const missing = new Map<string, OwnSample>();
    for (const [index, own] of samples.entries()) {
      const digest = this.#digestOf(own);
      const known = this.#known.get(digest);
      const isKnown = known !== undefined && own.sample.atMs < known.lastDayMs + DAY_MS;
      ids.push(isKnown ? known.id : 0);
      if (isKnown) continue;
      places.push({ index, digest });
      if ((missing.get(digest)?.sample.atMs ?? 0) <= own.sample.atMs) missing.set(digest, own);
    }
    if (missing.size === 0) return ids;
    const made = await this.#make(missing);
    for (const { index, digest } of places) ids[index] = made.get(digest)?.id ?? 0;
    return ids;
  }

  /** The digest, remembered for labels that are frozen: hashing is most of what finding a number costs. */
  #digestOf(own: OwnSample): string {
    const { projectId, sample } = own;
    const { labels, metric, kind, serviceKey, environment } = sample;
    if (!Object.isFrozen(labels)) return digestOf(own);
    const ofLabels = this.#digests.get(labels);
    const known = ofLabels?.get(metric);
    const isSame =
      known !== undefined &&
      known.kind === kind &&
      known.projectId === projectId &&
      known.serviceKey === serviceKey &&
      known.environment === environment;
    if (isSame) return known.digest;
    const made = { digest: digestOf(own), projectId, serviceKey, environment, kind };
    if (ofLabels === undefined) this.#digests.set(labels, new Map([[metric, made]]));
    else {
      evictOldest(ofLabels, METRICS_MAX);
      ofLabels.set(metric, made);
    }
    return made.digest;
  }

  async #make(missing: ReadonlyMap<string, OwnSample>): Promise<Map<string, Known>> {
    const rows = [...missing].map(([digest, { projectId, sample }]) => ({
      project_id: projectId,
      digest,
      service_key: sample.serviceKey,
      environment: sample.environment,
      metric_name: sample.metric,
      kind: sample.kind,
      unit: sample.unit,
      labels: sample.labels,
      first_at: new Date(sample.atMs),
    }));
    const text = storableRows(rows);
    // In the order of the key, so that two writers never wait for each other in a circle.
    const made = await this.#database.transaction((tx) =>
      sql<{ digest: string; id: number; lastDay: Date }>`
        insert into metric_series (project_id, digest, service_key, environment, metric_name, kind, unit, labels, first_at, last_day)
        select project_id, digest, service_key, environment, metric_name, kind, unit, labels, first_at, date_trunc('day', first_at, 'UTC')
        from json_to_recordset(${text}::json) as r(project_id uuid, digest uuid, service_key text, environment text, metric_name text,
          kind text, unit text, labels jsonb, first_at timestamptz)
        order by project_id, digest
        on conflict (project_id, digest) do update set last_day = greatest(metric_series.last_day, excluded.last_day)
        returning replace(digest::text, '-', '') as digest, id, last_day as "lastDay"`.execute(tx),
    );
    const ids = new Map<string, Known>();
    for (const { digest, id, lastDay } of made.rows) ids.set(digest, { id, lastDayMs: lastDay.getTime() });
    for (const [digest, known] of ids) this.#remember(digest, known);
    return ids;
  }

  #remember(digest: string, known: Known): void {
    evictOldest(this.#known, KNOWN_MAX);
    this.#known.set(digest, known);
  }
}

/** 128 bits of what makes a series; the project is in it, so that one map serves all. */
function digestOf({ projectId, sample }: OwnSample): string {
  const names = Object.keys(sample.labels);
  if (names.length > 1) names.sort();
  let text = `${projectId}\0${sample.serviceKey}\0${sample.environment}\0${sample.metric}\0${sample.kind}`;
  for (const name of names) text += `\0${name}\0${sample.labels[name]}`;
  return hash("md5", text, "hex");
}

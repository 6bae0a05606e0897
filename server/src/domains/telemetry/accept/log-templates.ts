import type { LogRecord, LogSeverity, MetricSample, TelemetryOrigin } from "@culprit/contract";
import { restoreTemplates, type StoredTemplate } from "../../../analysis/templates/restore-templates.ts";
import { createTemplateMiner, type TemplateMiner } from "../../../analysis/templates/template-miner.ts";
import { deltaInstant } from "../red/delta-instant.ts";

/** Lines of a template of a service in a minute; labels `template_id` and `severity`. */
export const LOG_LINES_METRIC = "culprit.log.lines";

/** A template that is new or reads otherwise than before, with a line that shows it. */
export interface TemplateNews extends TelemetryOrigin {
  readonly projectId: string;
  readonly templateId: string;
  readonly template: string;
  readonly severity: LogSeverity;
  readonly example: string;
  readonly atMs: number;
}

export interface TemplateLimits {
  /** Templates of one service that have a series of their own; the rest is `other`. */
  readonly templatesMax: number;
  /** Services whose lines are mined; the one that has been silent for longest gives way. */
  readonly servicesMax: number;
  /** Templates of all services together; the service that has been silent for longest gives way. */
  readonly templatesOfAllMax: number;
}

/** A service of a project and environment. */
export interface TemplatePlace extends TelemetryOrigin {
  readonly projectId: string;
}

/** What is stored of a service's templates, newest first. */
export type LoadTemplates = (place: TemplatePlace, most: number) => Promise<readonly StoredTemplate[]>;

interface Service extends TelemetryOrigin {
  readonly projectId: string;
  readonly miner: TemplateMiner;
  /** Texts that were told, by template; forgotten as a whole when templates come and go. */
  readonly told: Map<string, string>;
  /** Templates with a series of their own; those of an hour, so that what no longer comes gives way. */
  readonly counted: Set<string>;
  countedFromMs: number | null;
  readonly news: Map<string, TemplateNews>;
  /** Lines since the last flush: minute, template and severity. */
  readonly counts: Map<string, { readonly labels: Record<string, string>; readonly atMs: number; lines: number }>;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Services whose templates are read for one request; the others of it begin anew. */
const LOADED_MAX = 50;

/** Finds the template of each log line, a miner for each service, and counts lines by template and severity. Bounded by `TemplateLimits`. */
export class LogTemplates {
  readonly #limits: TemplateLimits;
  readonly #services = new Map<string, Service>();
  readonly #leaving: Service[] = [];
  /** The service of the newest line. */
  #last: Service | null = null;
  #held = 0;

  constructor(limits: TemplateLimits) {
    this.#limits = limits;
  }

  /** Reads what is stored of services that the lines are of and that are met for the first time, so that what was known is not new. */
  async prepare(projectId: string, lines: readonly TelemetryOrigin[], load: LoadTemplates): Promise<void> {
    const unknown = new Map<string, TemplatePlace>();
    for (const { serviceKey, environment } of lines) {
      const key = keyOf(projectId, { serviceKey, environment });
      if (unknown.size < LOADED_MAX && !this.#services.has(key))
        unknown.set(key, { projectId, serviceKey, environment });
    }
    // A quarter is left to what comes.
    const most = Math.floor((this.#limits.templatesMax * 3) / 4);
    for (const [key, place] of unknown) {
      const stored = await load(place, most);
      if (!this.#services.has(key)) this.#meet(key, place, stored);
    }
  }

  /** The line with the id of its template, and counted. */
  mine(projectId: string, log: LogRecord): LogRecord & { readonly templateId: string } {
    const service = this.#service(projectId, log);
    const before = service.miner.size;
    const { templateId, template } = service.miner.mine(log.body);
    this.#held += service.miner.size - before;
    if (this.#held > this.#limits.templatesOfAllMax) this.#forgetSilent(service);
    if (service.told.get(templateId) !== template) {
      if (service.told.size >= 2 * this.#limits.templatesMax) {
        service.told.clear();
      }
      const { serviceKey, environment, severity, body, atMs } = log;
      const example = body.slice(0, 1_000);
      service.told.set(templateId, template);
      service.news.set(templateId, {
        projectId,
        serviceKey,
        environment,
        templateId,
        template,
        severity,
        example,
        atMs,
      });
    }
    this.#count(service, templateId, log);
    return { ...log, templateId };
  }

  /** Counts since the last flush, as deltas for each project, and the templates that are new. */
  flush(nowMs: number): { samples: Map<string, MetricSample[]>; news: TemplateNews[] } {
    const samples = new Map<string, MetricSample[]>();
    const news: TemplateNews[] = [];
    for (const service of [...this.#leaving.splice(0), ...this.#services.values()]) {
      news.push(...service.news.values());
      service.news.clear();
      service.countedFromMs ??= nowMs;
      if (nowMs - service.countedFromMs >= HOUR_MS) {
        service.counted.clear();
        service.countedFromMs = nowMs;
      }
      if (service.counts.size === 0) continue;
      const list = samples.get(service.projectId) ?? [];
      const { serviceKey, environment } = service;
      for (const { labels, atMs, lines } of service.counts.values()) {
        const series = { serviceKey, environment, metric: LOG_LINES_METRIC, kind: "delta", unit: "1", labels } as const;
        list.push({ ...series, atMs: deltaInstant(atMs, nowMs), value: lines });
      }
      service.counts.clear();
      samples.set(service.projectId, list);
    }
    return { samples, news };
  }

  #count(service: Service, templateId: string, { severity, atMs }: LogRecord): void {
    const minute = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
    if (service.counted.size < this.#limits.templatesMax) service.counted.add(templateId);
    const id = service.counted.has(templateId) ? templateId : "other";
    const key = `${minute} ${id} ${severity}`;
    const known = service.counts.get(key);
    if (known !== undefined) known.lines += 1;
    else service.counts.set(key, { labels: { template_id: id, severity }, atMs: minute, lines: 1 });
  }

  #service(projectId: string, { serviceKey, environment }: LogRecord): Service {
    const key = keyOf(projectId, { serviceKey, environment });
    const known = this.#services.get(key);
    if (known === undefined) return this.#meet(key, { projectId, serviceKey, environment }, []);
    if (known === this.#last) return known;
    // The order of the map is that of the last lines.
    this.#services.delete(key);
    this.#services.set(key, known);
    this.#last = known;
    return known;
  }

  /** Lets go of the services that have been silent for longest until the bound holds, but of `kept`. */
  #forgetSilent(kept: Service): void {
    for (const [key, service] of this.#services) {
      if (this.#held <= this.#limits.templatesOfAllMax) return;
      if (service !== kept) this.#leave(key, service);
    }
  }

  #leave(key: string, service: Service): void {
    this.#services.delete(key);
    this.#held -= service.miner.size;
    if (this.#leaving.length < this.#limits.servicesMax) this.#leaving.push(service);
  }

  #meet(key: string, { projectId, serviceKey, environment }: TemplatePlace, stored: readonly StoredTemplate[]) {
    const oldest = this.#services.entries().next();
    if (this.#services.size >= this.#limits.servicesMax && oldest.done !== true) this.#leave(...oldest.value);
    const miner = createTemplateMiner({
      templatesMax: this.#limits.templatesMax,
      ...(stored.length === 0 ? {} : { state: restoreTemplates(stored) }),
    });
    const memory = {
      told: new Map(stored.map(({ id, template }) => [id, template])),
      counted: new Set<string>(),
      countedFromMs: null,
      news: new Map<string, TemplateNews>(),
      counts: new Map(),
    };
    const made: Service = { projectId, serviceKey, environment, miner, ...memory };
    this.#services.set(key, made);
    this.#last = made;
    this.#held += miner.size;
    if (this.#held > this.#limits.templatesOfAllMax) this.#forgetSilent(made);
    return made;
  }
}

function keyOf(projectId: string, { serviceKey, environment }: TelemetryOrigin): string {
  return `${projectId} ${environment} ${serviceKey}`;
}

import type { LogRecord, LogSeverity, MetricSample, TelemetryOrigin } from "@culprit/contract";
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
  /** Services whose lines are mined; the one that was met first gives way. */
  readonly servicesMax: number;
}

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

/** Finds the template of each log line, a miner for each service, and counts lines by template and severity. Bounded by `TemplateLimits`. */
export class LogTemplates {
  readonly #limits: TemplateLimits;
  readonly #services = new Map<string, Service>();
  readonly #leaving: Service[] = [];

  constructor(limits: TemplateLimits) {
    this.#limits = limits;
  }

  /** The line with the id of its template, and counted. */
  mine(projectId: string, log: LogRecord): LogRecord & { readonly templateId: string } {
    const service = this.#service(projectId, log);
    const { templateId, template } = service.miner.mine(log.body);
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
    const key = `${projectId} ${environment} ${serviceKey}`;
    const known = this.#services.get(key);
    if (known !== undefined) return known;
    const oldest = this.#services.size >= this.#limits.servicesMax ? this.#services.keys().next().value : undefined;
    const leaving = oldest === undefined ? undefined : this.#services.get(oldest);
    if (oldest !== undefined) this.#services.delete(oldest);
    if (leaving !== undefined && this.#leaving.length < this.#limits.servicesMax) this.#leaving.push(leaving);
    const miner = createTemplateMiner({ templatesMax: this.#limits.templatesMax });
    const memory = {
      told: new Map(),
      counted: new Set<string>(),
      countedFromMs: null,
      news: new Map(),
      counts: new Map(),
    };
    const made = { projectId, serviceKey, environment, miner, ...memory };
    this.#services.set(key, made);
    return made;
  }
}

import type { LogRecord, LogSeverity } from "@culprit/contract";
import { createTemplateMiner, type MinedLine, type MinerState, type TemplateMiner } from "./template-miner.ts";

/** How many lines of one template a service wrote in one minute. */
export interface TemplateCount {
  readonly serviceKey: string;
  readonly environment: string;
  readonly templateId: string;
  readonly template: string;
  readonly severity: LogSeverity;
  /** Start of the minute. */
  readonly atMs: number;
  readonly count: number;
  /** The first line of the minute, as written. */
  readonly example: string;
}

export interface TemplateCounts {
  /** Finds a line's template in the miner of its service, and counts it. */
  add(record: Pick<LogRecord, "serviceKey" | "environment" | "atMs" | "body" | "severity">): MinedLine;
  /** Takes out the counts of minutes that ended before an instant; a later line of such a minute gives a second count to be added. */
  takeBefore(atMs: number): TemplateCount[];
  /** The id under which a template of a service goes now. */
  resolve(serviceKey: string, environment: string, templateId: string): string;
  /** What a server keeps over a restart, by service and environment. */
  state(): Readonly<Record<string, MinerState>>;
}

export interface TemplateCountsOptions {
  /** Services with a miner of their own; beyond it those that were silent longest are forgotten. 500 unless said. */
  readonly servicesMax?: number;
  readonly templatesMax?: number;
  /** Counts held until they are taken; beyond it the lines of new ones are not counted. 100,000 unless said. */
  readonly countsMax?: number;
  readonly state?: Readonly<Record<string, MinerState>>;
}

const minuteMs = 60_000;
const exampleMax = 500;

/** Log templates as series: a miner for each service and environment, and the lines of each template by minute. Bounded, and pure: time is the lines' own. */
export function createTemplateCounts(options: TemplateCountsOptions = {}): TemplateCounts {
  const servicesMax = options.servicesMax ?? 500;
  const countsMax = options.countsMax ?? 100_000;
  const size = options.templatesMax === undefined ? {} : { templatesMax: options.templatesMax };
  const miners = new Map<string, TemplateMiner>();
  const counts = new Map<string, { -readonly [key in keyof TemplateCount]: TemplateCount[key] }>();
  for (const [key, state] of Object.entries(options.state ?? {}))
    miners.set(key, createTemplateMiner({ ...size, state }));

  function minerOf(key: string): TemplateMiner {
    const miner = miners.get(key) ?? createTemplateMiner(size);
    // The last used stands last.
    miners.delete(key);
    miners.set(key, miner);
    const oldest = miners.size > servicesMax ? miners.keys().next().value : undefined;
    if (oldest !== undefined) miners.delete(oldest);
    return miner;
  }

  return {
    add({ serviceKey, environment, atMs, body, severity }) {
      const mined = minerOf(keyOf(serviceKey, environment)).mine(body);
      const minute = Math.floor(atMs / minuteMs) * minuteMs;
      const key = `${minute}\n${mined.templateId}\n${keyOf(serviceKey, environment)}`;
      const known = counts.get(key);
      if (known !== undefined) known.count++;
      else if (counts.size < countsMax)
        counts.set(key, {
          serviceKey,
          environment,
          templateId: mined.templateId,
          template: mined.template,
          severity,
          atMs: minute,
          count: 1,
          example: body.slice(0, exampleMax),
        });
      return mined;
    },
    takeBefore(atMs) {
      const taken: TemplateCount[] = [];
      for (const [key, one] of counts) {
        if (one.atMs + minuteMs > atMs) continue;
        counts.delete(key);
        taken.push({
          ...one,
          templateId: miners.get(keyOf(one.serviceKey, one.environment))?.resolve(one.templateId) ?? one.templateId,
        });
      }
      return taken.sort((a, b) => a.atMs - b.atMs || (a.templateId < b.templateId ? -1 : 1));
    },
    resolve: (serviceKey, environment, templateId) =>
      miners.get(keyOf(serviceKey, environment))?.resolve(templateId) ?? templateId,
    state: () => Object.fromEntries([...miners].map(([key, miner]) => [key, miner.state()])),
  };
}

function keyOf(serviceKey: string, environment: string): string {
  return `${environment}\n${serviceKey}`;
}

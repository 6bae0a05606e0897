import type { LogRecord, MetricSample, SpanRecord } from "@culprit/contract";
import { type ScrubCounts, scrubJson, scrubText } from "../../../analysis/scrub/index.ts";

type Attributes = SpanRecord["attributes"];

const REMEMBERED_MAX = 50_000;

/**
 * Takes secrets and personal data out of telemetry before it is stored. Labels, names and routes are the same few texts again and again, so what became of them is remembered;
 * what is attached to spans and lines is looked at each time. Records are returned as they are where nothing had to go.
 */
export class TelemetryScrubber {
  /** What was taken out since the start, by kind. */
  readonly counts: ScrubCounts = {};
  readonly #remembered = new Map<string, string>();
  /** Labels that hold nothing to take out; frozen ones, which come again as the same object. */
  readonly #clean = new WeakSet<MetricSample["labels"]>();

  sample(sample: MetricSample): MetricSample {
    const { labels } = sample;
    if (this.#clean.has(labels)) return sample;
    for (const name in labels) {
      if (this.#name(name) !== name || this.#name(labels[name] ?? "") !== labels[name]) return this.#withLabels(sample);
    }
    if (Object.isFrozen(labels)) this.#clean.add(labels);
    return sample;
  }

  span(span: SpanRecord): SpanRecord {
    const attributes = this.#attributes(span.attributes);
    const name = this.#name(span.name);
    const route = span.route === null ? null : this.#name(span.route);
    const events = span.events.map((event) => {
      const clean = this.#attributes(event.attributes);
      return clean === event.attributes ? event : { ...event, attributes: clean };
    });
    const isSame =
      attributes === span.attributes &&
      name === span.name &&
      route === span.route &&
      events.every((event, index) => event === span.events[index]);
    return isSame ? span : { ...span, attributes, name, route, events };
  }

  log(log: LogRecord): LogRecord {
    const body = scrubText(log.body, this.counts);
    const attributes = this.#attributes(log.attributes);
    return body === log.body && attributes === log.attributes ? log : { ...log, body, attributes };
  }

  /** Attributes are flat and hold texts, numbers and booleans; so does what comes of them. */
  #attributes(attributes: Attributes): Attributes {
    return scrubJson(attributes, this.counts) as Attributes;
  }

  #withLabels(sample: MetricSample): MetricSample {
    const entries = Object.entries(sample.labels).map(
      ([name, value]) => [this.#name(name), this.#name(value)] as const,
    );
    return { ...sample, labels: Object.fromEntries(entries) };
  }

  #name(text: string): string {
    const known = this.#remembered.get(text);
    if (known !== undefined) return known;
    const clean = scrubText(text, this.counts);
    if (this.#remembered.size >= REMEMBERED_MAX) this.#remembered.clear();
    this.#remembered.set(text, clean);
    return clean;
  }
}

import type { MetricSample } from "@culprit/contract";
import { kindOfSeries } from "../../../analysis/exposition/kind-of-series.ts";
import { type ExposedSample, parseExposition } from "../../../analysis/exposition/parse-exposition.ts";
import { hideCredentials } from "../../../analysis/scrub/index.ts";
import type { HttpClient } from "../../../platform/http-client/http-client.ts";
import type { DueTarget } from "./claim-due-targets.ts";

export interface PageLimits {
  readonly scrapeBytesMax: number;
  readonly scrapeSamplesMax: number;
}

/** What a reading brought; `samples` hold the series about the reading itself, also where it failed. */
export interface PageRead {
  readonly samples: readonly MetricSample[];
  /** Of the page. */
  readonly read: number;
  readonly durationMs: number;
  readonly error: string | null;
}

const ACCEPT = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.7,text/plain;q=0.5,*/*;q=0.1";

/**
 * Reads a page of metrics and maps it: its own names and labels, and `instance` where it has none. A page that fails anywhere brings nothing but
 * `up` 0, as with Prometheus; `up`, `scrape_duration_seconds` and `scrape_samples_scraped` are always there. Never throws for what the other side does.
 */
export async function readPage(
  http: Pick<HttpClient, "request">,
  target: DueTarget,
  {
    limits,
    now,
    signal,
  }: { readonly limits: PageLimits; readonly now: () => Date; readonly signal?: AbortSignal | undefined },
): Promise<PageRead> {
  const startedAtMs = now().getTime();
  const page = await fetchPage(http, target, limits, signal);
  const samples: MetricSample[] = [];
  let error = page.error;
  if (page.body !== null) {
    const base = { instance: instanceOf(target.url), ...target.labels };
    const result = parseExposition(
      page.body,
      { isOpenMetrics: page.isOpenMetrics, samplesMax: limits.scrapeSamplesMax },
      (exposed) => addSample(samples, exposed, { target, base, startedAtMs }),
    );
    if (!result.ok) error = `Line ${result.line} of the page can't be read: ${result.why}.`;
  }
  const durationMs = Math.max(0, now().getTime() - startedAtMs);
  const kept = error === null ? samples : [];
  const about = (metric: string, value: number, unit: string | null) => ({
    ...{ serviceKey: target.serviceKey, environment: target.environment, kind: "gauge" as const, atMs: startedAtMs },
    ...{ metric, value, unit, labels: { instance: instanceOf(target.url), ...target.labels } },
  });
  return {
    samples: [
      ...kept,
      about("up", error === null ? 1 : 0, null),
      about("scrape_duration_seconds", durationMs / 1000, "s"),
      about("scrape_samples_scraped", kept.length, null),
    ],
    read: kept.length,
    durationMs,
    error: error === null ? null : hideCredentials(error).slice(0, 1_000),
  };
}

async function fetchPage(
  http: Pick<HttpClient, "request">,
  { url, timeoutS, authorization }: DueTarget,
  { scrapeBytesMax }: PageLimits,
  signal: AbortSignal | undefined,
): Promise<{ readonly body: string | null; readonly isOpenMetrics: boolean; readonly error: string | null }> {
  try {
    const answer = await http.request({
      ...{ method: "GET", url, timeoutMs: timeoutS * 1000, bytesMax: scrapeBytesMax },
      headers: {
        accept: ACCEPT,
        "user-agent": "Culprit",
        "x-prometheus-scrape-timeout-seconds": String(timeoutS),
        ...(authorization === null ? {} : { authorization }),
      },
      ...(signal === undefined ? {} : { signal }),
    });
    if (answer.status !== 200) return { body: null, isOpenMetrics: false, error: `It answered ${answer.status}.` };
    const isOpenMetrics = answer.headers["content-type"]?.startsWith("application/openmetrics-text") === true;
    return { body: answer.body, isOpenMetrics, error: null };
  } catch (cause) {
    return { body: null, isOpenMetrics: false, error: cause instanceof Error ? cause.message : String(cause) };
  }
}

const LABELS_MAX = 32;
const CHARS_MAX = 200;

function addSample(
  into: MetricSample[],
  { name, labels, value, atMs, type, unit }: ExposedSample,
  ctx: { readonly target: DueTarget; readonly base: Readonly<Record<string, string>>; readonly startedAtMs: number },
): void {
  if (!Number.isFinite(value)) return;
  const own: Record<string, string> = { ...ctx.base };
  let left = LABELS_MAX - Object.keys(own).length;
  for (const label in labels) {
    if (left === 0) break;
    left -= 1;
    own[label.slice(0, CHARS_MAX)] = (labels[label] ?? "").slice(0, CHARS_MAX);
  }
  const { serviceKey, environment } = ctx.target;
  const metric = name.slice(0, 255);
  into.push({
    serviceKey,
    environment,
    metric,
    kind: kindOfSeries(name, type),
    unit,
    labels: own,
    atMs: atMs ?? ctx.startedAtMs,
    value,
  });
}

function instanceOf(url: string): string {
  return new URL(url).host;
}
